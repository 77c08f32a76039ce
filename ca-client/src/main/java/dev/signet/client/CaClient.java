package dev.signet.client;

import org.jspecify.annotations.Nullable;

import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// One certificate at a time, for tools that issue once and exit; a service that runs wants
/// [WorkloadIdentity]. Each method asks the CA once (its other replicas where one is away) and
/// throws a [SignetClientException] where there is no verified answer. Holds no connection open.
/// Thread-safe.
public final class CaClient {

    private static final SecureRandom RANDOM = new SecureRandom();

    /// A request id is good for longer, but not for ever.
    private static final Duration SENT_AGAIN_FOR = Duration.ofHours(1);

    private final Conversation conversation;
    private final InstantSource clock;
    private @Nullable Unanswered unanswered;

    /// @param addresses replicas of one CA, at least one
    /// @param options of which the call deadline and the clock tolerance matter here
    /// @throws IllegalArgumentException when there is no address
    public CaClient(List<CaAddress> addresses, FirstTrust firstTrust, ClientOptions options) {
        this(addresses, firstTrust, options, InstantSource.system());
    }

    CaClient(
            List<CaAddress> addresses,
            FirstTrust firstTrust,
            ClientOptions options,
            InstantSource clock) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no CA address was given");
        }
        this.clock = clock;
        this.conversation =
                new Conversation(
                        new GrpcCaPort(
                                addresses, options.callDeadline(), clock, certificate -> false),
                        firstTrust,
                        clock,
                        options.clockTolerance(),
                        null,
                        // What it is for is the profile's business: client, server or both.
                        Set.of());
    }

    /// The CA's trust bundle as it is now.
    public synchronized TrustBundle trustBundle() {
        return conversation.refresh(true);
    }

    /// A new key and a certificate for it.
    ///
    /// @param credential a certificate among them is renewed
    public synchronized IssuedIdentity issue(CredentialSource credential, IssueRequest request) {
        Attempt attempt =
                Attempt.with(request.keyType().generate(RANDOM), clock.instant(), request, RANDOM);
        String authorization = authorization(credential);
        return authorization == null
                ? conversation.renew(certificate(credential), attempt)
                : conversation.issue(authorization, attempt, request.spiffeId(), true);
    }

    /// A certificate for a key that is elsewhere.
    ///
    /// @param credential a certificate among them is renewed
    /// @param certificationRequest PKCS#10, DER or PEM, at most 16 KiB; gives the key and the proof
    ///   that it is held, none of its names
    /// @param publicKey the key of the certification request; the certificate must be for it
    /// @param request whose type of key does not matter
    public synchronized IssuedCertificate certify(
            CredentialSource credential,
            byte[] certificationRequest,
            PublicKey publicKey,
            IssueRequest request) {
        Attempt attempt =
                Attempt.with(certificationRequest, publicKey, clock.instant(), request, RANDOM);
        String authorization = authorization(credential);
        return authorization == null
                ? conversation.recertify(certificate(credential), attempt)
                : conversation.certify(authorization, attempt, request.spiffeId(), true);
    }

    /// The next certificate of the same identity. Where there was no answer
    /// ([CaUnavailableException]), the next call with the same arguments sends the same request for
    /// as long as an hour, so that an answer that was lost does not make a second certificate.
    ///
    /// @param current key and certificate that are held; see [Pem#keyEntry]
    /// @param keepKey whether the next certificate is for the same key; otherwise for a new one
    /// @param request whose identity does not matter: it stays the same. The names of the current
    ///   certificate are not carried over by themselves.
    /// @throws IllegalArgumentException when the current certificate has no SPIFFE ID
    public synchronized IssuedIdentity renew(
            KeyStore.PrivateKeyEntry current, boolean keepKey, IssueRequest request) {
        X509Svid held = svid(current);
        Instant now = clock.instant();
        Unanswered before = unanswered;
        Attempt attempt =
                before != null && before.isFor(held, keepKey, request, now)
                        ? before.attempt()
                        : Attempt.with(
                                keepKey
                                        ? new KeyPair(held.leaf().getPublicKey(), held.privateKey())
                                        : request.keyType().generate(RANDOM),
                                now,
                                request,
                                RANDOM);
        unanswered = null;
        try {
            return conversation.renew(held, attempt);
        } catch (CaUnavailableException e) {
            unanswered =
                    before != null && attempt == before.attempt()
                            ? before
                            : new Unanswered(held.leaf(), keepKey, request, now, attempt);
            throw e;
        }
    }

    /// A renewal that may have been granted.
    private record Unanswered(
            X509Certificate current,
            boolean keepKey,
            IssueRequest request,
            Instant since,
            Attempt attempt) {

        boolean isFor(X509Svid held, boolean sameKey, IssueRequest wanted, Instant now) {
            return current.equals(held.leaf())
                    && keepKey == sameKey
                    && request.equals(wanted)
                    && !now.isBefore(since)
                    && now.isBefore(since.plus(SENT_AGAIN_FOR));
        }
    }

    private static X509Svid svid(KeyStore.PrivateKeyEntry entry) {
        List<X509Certificate> chain = new ArrayList<>();
        for (Certificate each : entry.getCertificateChain()) {
            chain.add((X509Certificate) each);
        }
        try {
            return new X509Svid(SvidVerifier.spiffeId(chain.get(0)), entry.getPrivateKey(), chain);
        } catch (CertificateException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /// Null for a certificate.
    private static @Nullable String authorization(CredentialSource credential) {
        if (credential instanceof CredentialSource.JoinToken token) {
            return token.authorization();
        }
        if (credential instanceof CredentialSource.TokenFile file) {
            return file.authorization();
        }
        if (credential instanceof CredentialSource.TokenSupplier supplier) {
            return supplier.authorization();
        }
        return null;
    }

    private static X509Svid certificate(CredentialSource credential) {
        return ((CredentialSource.CertificateFiles) credential).read();
    }
}
