package dev.signet.client;

import org.jspecify.annotations.Nullable;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Talks to the CA and believes nothing before it has verified it. Not thread-safe.
final class Conversation {

    private final CaPort port;
    private final FirstTrust firstTrust;
    private final InstantSource clock;
    private final Duration clockTolerance;
    private final @Nullable TrustDomain expectedDomain;
    private final Set<String> purposes;

    private @Nullable TrustBundle bundle;
    private @Nullable X509Certificate pinned;

    /// @param purposes extended key usages that each certificate must have
    Conversation(
            CaPort port,
            FirstTrust firstTrust,
            InstantSource clock,
            Duration clockTolerance,
            @Nullable TrustDomain expectedDomain,
            Set<String> purposes) {
        this.port = port;
        this.firstTrust = firstTrust;
        this.clock = clock;
        this.clockTolerance = clockTolerance;
        this.expectedDomain = expectedDomain;
        this.purposes = Set.copyOf(purposes);
    }

    /// The newest bundle seen; null before the first.
    @Nullable TrustBundle bundle() {
        return bundle;
    }

    /// Takes a bundle over that was verified before, for example from the cache.
    void resume(TrustBundle known) {
        bundle = known;
    }

    /// What the CA's TLS certificate must chain to now.
    ///
    /// @param anew whether the caller holds no valid certificate: then first trust counts as well,
    ///   so that a workload that slept through a rotation of the CA finds back
    Collection<X509Certificate> trust(boolean anew) {
        TrustBundle known = bundle;
        if (known == null) {
            return first();
        }
        if (!anew) {
            return known.authorities();
        }
        Set<X509Certificate> both = new LinkedHashSet<>(known.authorities());
        both.addAll(first());
        return both;
    }

    private List<X509Certificate> first() {
        if (firstTrust instanceof FirstTrust.BundleFile file) {
            return file.read();
        }
        if (firstTrust instanceof FirstTrust.Bundle given) {
            return given.authorities();
        }
        X509Certificate root = pinned;
        if (root == null) {
            root = find(((FirstTrust.PinnedRoot) firstTrust).sha256());
            pinned = root;
        }
        return List.of(root);
    }

    private X509Certificate find(String sha256) {
        for (X509Certificate candidate : port.unverifiedTrustBundle().authorities()) {
            if (sha256(candidate).equals(sha256)) {
                return candidate;
            }
        }
        throw new UntrustedCaException(
                "PIN_NOT_MATCHED",
                "no root of what answered has the pinned SHA-256 "
                        + sha256
                        + "; check the address and the pin (of the root, not of the server's"
                        + " certificate)",
                null);
    }

    private static String sha256(X509Certificate certificate) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (NoSuchAlgorithmException | CertificateException e) {
            throw new IllegalStateException("SHA-256 of a certificate cannot be computed", e);
        }
    }

    /// Fetches the bundle.
    TrustBundle refresh(boolean anew) {
        TrustBundle fetched = port.trustBundle(trust(anew));
        accept(fetched);
        TrustBundle now = bundle;
        return now == null ? fetched : now;
    }

    /// Takes a newer bundle over; leaves an older one aside.
    ///
    /// @return whether it was newer
    /// @throws UntrustedCaException when it is of another trust domain
    boolean accept(TrustBundle offered) {
        TrustBundle known = bundle;
        TrustDomain wanted = known == null ? expectedDomain : known.trustDomain();
        if (wanted != null && !wanted.equals(offered.trustDomain())) {
            throw new UntrustedCaException(
                    "OTHER_TRUST_DOMAIN",
                    "the CA serves trust domain "
                            + offered.trustDomain()
                            + " (expected: "
                            + wanted
                            + ")",
                    null);
        }
        if (known != null && Long.compareUnsigned(offered.version(), known.version()) <= 0) {
            return false;
        }
        bundle = offered;
        return true;
    }

    /// IssueCertificate by a token.
    ///
    /// @param expected the identity that the answer must name; null: any of the trust domain
    IssuedIdentity issue(
            String authorization, Attempt attempt, @Nullable SpiffeId expected, boolean anew) {
        return withKey(attempt, certify(authorization, attempt, expected, anew));
    }

    /// As [#issue], for a key that may be elsewhere.
    IssuedCertificate certify(
            String authorization, Attempt attempt, @Nullable SpiffeId expected, boolean anew) {
        TrustBundle held = held(anew);
        CaPort.Answer answer = port.issue(trust(anew), authorization, attempt);
        return verified(attempt, answer, held, expected);
    }

    /// RenewCertificate by a certificate that is valid now.
    IssuedIdentity renew(X509Svid current, Attempt attempt) {
        return withKey(attempt, recertify(current, attempt));
    }

    /// As [#renew], for a key that may be elsewhere.
    IssuedCertificate recertify(X509Svid current, Attempt attempt) {
        TrustBundle held = held(false);
        CaPort.Answer answer = port.renew(trust(false), current, attempt);
        return verified(attempt, answer, held, current.spiffeId());
    }

    private TrustBundle held(boolean anew) {
        TrustBundle held = bundle;
        return held == null ? refresh(anew) : held;
    }

    private static IssuedIdentity withKey(Attempt attempt, IssuedCertificate issued) {
        return new IssuedIdentity(
                new X509Svid(issued.spiffeId(), attempt.privateKey(), issued.chain()),
                issued.bundle(),
                issued.window(),
                issued.notices());
    }

    private IssuedCertificate verified(
            Attempt attempt, CaPort.Answer answer, TrustBundle held, @Nullable SpiffeId expected) {
        TrustBundle trusted = held;
        if (Long.compareUnsigned(answer.bundleVersion(), held.version()) > 0) {
            trusted = refresh(true);
        }
        List<X509Certificate> chain = answer.chain();
        if (chain.isEmpty()) {
            throw untrusted("ANSWER_MALFORMED", "its chain is empty", null);
        }
        X509Certificate leaf = chain.get(0);
        if (!MessageDigest.isEqual(
                leaf.getPublicKey().getEncoded(), attempt.publicKey().getEncoded())) {
            throw untrusted("OTHER_KEY", "the certificate is for another key", null);
        }
        SpiffeId id = checked(chain, trusted);
        if (expected != null && !expected.equals(id)) {
            throw untrusted(
                    "OTHER_IDENTITY",
                    "the certificate names " + id + " (expected: " + expected + ")",
                    null);
        }
        return new IssuedCertificate(id, chain, trusted, answer.window(), answer.notices());
    }

    /// Verifies a chain as one that may be held here: usable for what it is wanted for, valid now.
    SpiffeId checked(List<X509Certificate> chain, TrustBundle trusted) {
        X509Certificate leaf = chain.get(0);
        Instant now = clock.instant();
        Instant notBefore = leaf.getNotBefore().toInstant();
        if (now.isAfter(leaf.getNotAfter().toInstant())) {
            throw untrusted(
                    "CERTIFICATE_EXPIRED",
                    "the certificate ended at "
                            + leaf.getNotAfter().toInstant()
                            + ", now is "
                            + now
                            + "; is this machine's clock ahead?",
                    null);
        }
        if (notBefore.isAfter(now.plus(clockTolerance))) {
            throw untrusted(
                    "CERTIFICATE_NOT_YET_VALID",
                    "the certificate begins at "
                            + notBefore
                            + ", now is "
                            + now
                            + "; is this machine's clock behind?",
                    null);
        }
        try {
            return SvidVerifier.verify(
                    chain,
                    Map.of(trusted.trustDomain(), trusted),
                    notBefore.isAfter(now) ? notBefore : now,
                    purposes);
        } catch (CertificateException e) {
            throw untrusted("CHAIN_NOT_TRUSTED", String.valueOf(e.getMessage()), e);
        }
    }

    private static UntrustedCaException untrusted(
            String code, String what, @Nullable Throwable cause) {
        return new UntrustedCaException(code, "the CA's answer was not used: " + what, cause);
    }
}
