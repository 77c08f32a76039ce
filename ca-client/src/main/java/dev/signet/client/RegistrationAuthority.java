package dev.signet.client;

import dev.signet.client.internal.CallFailedException;
import dev.signet.client.internal.SubjectCalls;
import dev.signet.proto.v1.IssuedCertificate;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/// Asks the CA for certificates of others, shown by a live identity that policy trusts to ask. One
/// connection to a replica is kept and shared by all calls; the identity's next certificate and a
/// change of trust are what the next call uses, calls under way finish. Where a replica is away or
/// silent, the next one is asked.
///
/// Each call ends within the deadline times the number of replicas. Closing leaves the identity
/// open. Thread-safe.
public final class RegistrationAuthority implements AutoCloseable {

    private final WorkloadIdentity identity;
    private final SubjectCalls calls;
    private final ClientOptions options;

    /// @param identity of the registration authority itself
    /// @param addresses replicas of the identity's CA, at least one
    /// @param options of which the call deadline and the clock tolerance matter here
    /// @throws IllegalArgumentException when there is no address
    public RegistrationAuthority(
            WorkloadIdentity identity, List<CaAddress> addresses, ClientOptions options) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no CA address was given");
        }
        this.identity = identity;
        this.options = options;
        this.calls =
                new SubjectCalls(
                        addresses.stream()
                                .map(a -> InetSocketAddress.createUnresolved(a.host(), a.port()))
                                .toList(),
                        options.callDeadline(),
                        identity::isKnownRevoked);
    }

    /// Asks for a certificate.
    ///
    /// @throws IdentityUnavailableException when the identity has no certificate to show now
    /// @throws RequestRefusedException when the CA refuses; the same request is refused again
    /// @throws CaUnavailableException when there was no answer, or the CA cannot serve now: the
    ///   same request, with its id, is to be sent again
    /// @throws UntrustedCaException when what answered is not trusted, or its answer did not verify
    public SubjectCertificate issue(SubjectRequest request) {
        X509Svid shown = identity.current();
        TrustBundle held = identity.trustBundle();
        try {
            IssuedCertificate issued =
                    calls.issue(
                            held.authorities(),
                            new SubjectCalls.Shown(
                                    shown.serialNumber(),
                                    new SvidKeyManager(LiveIdentity.of(shown, identity.clock()))),
                            SubjectMessages.request(request));
            return verified(request, issued, held);
        } catch (CallFailedException e) {
            throw GrpcCaPort.translated(e, true);
        }
    }

    private SubjectCertificate verified(
            SubjectRequest request, IssuedCertificate issued, TrustBundle held) {
        List<X509Certificate> chain =
                TrustMessages.certificates(
                        issued.getCertificateChainList(), SvidVerifier.MAX_CHAIN);
        if (chain.isEmpty()) {
            throw untrusted("ANSWER_MALFORMED", "its chain is empty", null);
        }
        X509Certificate leaf = chain.get(0);
        Instant now = identity.clock().instant();
        Instant notBefore = leaf.getNotBefore().toInstant();
        if (now.isAfter(leaf.getNotAfter().toInstant())) {
            throw untrusted("CERTIFICATE_EXPIRED", "the certificate has ended", null);
        }
        if (notBefore.isAfter(now.plus(options.clockTolerance()))) {
            throw untrusted("CERTIFICATE_NOT_YET_VALID", "the certificate is not valid yet", null);
        }
        if (!MessageDigest.isEqual(leaf.getPublicKey().getEncoded(), request.publicKey())) {
            throw untrusted("OTHER_KEY", "the certificate is for another key", null);
        }
        try {
            return new SubjectCertificate(
                    chain,
                    SvidVerifier.verifyPath(chain, held, notBefore.isAfter(now) ? notBefore : now),
                    TrustMessages.notices(issued));
        } catch (CertificateException e) {
            if (Long.compareUnsigned(issued.getTrustBundleVersion(), held.version()) > 0) {
                throw new CaUnavailableException(
                        "TRUST_BUNDLE_BEHIND",
                        "the certificate needs a trust bundle that has not come yet",
                        null,
                        e);
            }
            throw untrusted("CHAIN_NOT_TRUSTED", String.valueOf(e.getMessage()), e);
        }
    }

    private static UntrustedCaException untrusted(
            String code, String what, @Nullable Throwable cause) {
        return new UntrustedCaException(code, "the CA's answer was not used: " + what, cause);
    }

    /// Closes the connections; calls under way end with [CaUnavailableException].
    @Override
    public void close() {
        calls.close();
    }
}
