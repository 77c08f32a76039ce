package dev.signet.ca.attestation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.trust.TrustBundle;
import dev.signet.ca.trust.TrustBundles;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Verifies presented chains against this CA's own authorities. A root of the trust bundle above is
/// not enough: the leaf must be signed by an issuing CA of ours, for whoever holds an intermediate
/// CA that we constrained to the trust domain could otherwise sign itself any identity in it and
/// have it renewed (R16). What is above the leaf is the same for all callers: its path is validated
/// once for each trust bundle version and remembered; the leaf's signature is verified at each
/// call. Thread-safe.
final class IssuerPaths {

    private static final int MAX_REMEMBERED = 64;
    private static final int KEY_USAGE_KEY_CERT_SIGN = 5;

    /// Signature algorithms by object identifier, the only ones this CA signs with.
    private static final Map<String, String> JCA_NAMES =
            Map.of(
                    "1.2.840.10045.4.3.2", "SHA256withECDSA",
                    "1.2.840.10045.4.3.3", "SHA384withECDSA",
                    "1.3.101.112", "Ed25519",
                    "1.2.840.113549.1.1.11", "SHA256withRSA");

    private final TrustBundles trustBundles;
    private final Predicate<String> ownAuthority;
    private final CryptoProvider crypto;
    private final Cache<ByteBuffer, ValidPath> validated =
            Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).executor(Runnable::run).build();

    private volatile @Nullable Anchors anchors;

    /// @param ownAuthority whether an issuing CA is one of ours, by the lower-case hexadecimal
    ///   SHA-256 of its certificate, and not revoked
    IssuerPaths(TrustBundles trustBundles, Predicate<String> ownAuthority, CryptoProvider crypto) {
        this.trustBundles = trustBundles;
        this.ownAuthority = ownAuthority;
        this.crypto = crypto;
    }

    /// Why the chain, leaf first, does not lead over an issuing CA of ours to a root of ours at
    /// this instant; empty when it does.
    Optional<String> objection(List<X509Certificate> chain, Instant now) {
        try {
            Anchors roots = current();
            X509Certificate leaf = chain.getFirst();
            List<X509Certificate> above = roots.below(chain.subList(1, chain.size()));
            if (above.isEmpty()) {
                throw new Broken("no issuer was presented with it");
            }
            PublicKey issuerKey = validPath(roots, above, leaf, now).issuerKey();
            return verifies(leaf, issuerKey)
                    ? Optional.empty()
                    : Optional.of("its signature does not verify");
        } catch (Broken broken) {
            return Optional.of(broken.getMessage());
        } catch (GeneralSecurityException e) {
            return Optional.of("its chain is not usable: " + e.getClass().getSimpleName());
        }
    }

    private ValidPath validPath(
            Anchors roots, List<X509Certificate> above, X509Certificate leaf, Instant now)
            throws GeneralSecurityException {
        ByteBuffer name = name(above);
        ValidPath path = validated.getIfPresent(name);
        if (path == null || path.version() != roots.version()) {
            path =
                    new ValidPath(
                            roots.version(),
                            key(above.getFirst()),
                            validate(roots, above, now),
                            HexFormat.of().formatHex(crypto.sha256(above.getFirst().getEncoded())));
            validated.put(name, path);
        }
        // Each time, for an issuing CA may be revoked while its root stays (R9).
        if (!ownAuthority.test(path.issuerId())) {
            throw new Broken("its issuer is not an issuing CA of ours, or was revoked");
        }
        for (X509Certificate certificate : above) {
            certificate.checkValidity(Date.from(now));
        }
        path.root().checkValidity(Date.from(now));
        if (!above.getFirst().getSubjectX500Principal().equals(leaf.getIssuerX500Principal())) {
            throw new Broken("it was issued by another CA than the one presented with it");
        }
        return path;
    }

    /// @return the root that the path leads to
    private static X509Certificate validate(Anchors roots, List<X509Certificate> above, Instant now)
            throws GeneralSecurityException {
        // As end of the path the issuing certificate is not held to be a CA by PKIX: we must ask.
        X509Certificate issuing = above.getFirst();
        boolean[] usage = issuing.getKeyUsage();
        if (issuing.getBasicConstraints() < 0 || usage == null || !usage[KEY_USAGE_KEY_CERT_SIGN]) {
            throw new Broken("its issuer is no CA");
        }
        if (roots.certificates().isEmpty()) {
            throw new Broken("the trust bundle is empty");
        }
        PKIXParameters parameters = new PKIXParameters(roots.trustAnchors());
        parameters.setDate(Date.from(now));
        parameters.setRevocationEnabled(false); // own certificates; revocation is the ledger's
        CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(above);
        try {
            var result =
                    (java.security.cert.PKIXCertPathValidatorResult)
                            CertPathValidator.getInstance("PKIX").validate(path, parameters);
            return result.getTrustAnchor().getTrustedCert();
        } catch (CertPathValidatorException e) {
            throw new Broken("its chain does not lead to a root of ours: " + e.getReason());
        }
    }

    private boolean verifies(X509Certificate leaf, PublicKey issuerKey)
            throws GeneralSecurityException {
        String jcaName = JCA_NAMES.get(leaf.getSigAlgOID());
        if (jcaName == null) {
            throw new Broken("its signature algorithm is none of ours");
        }
        try {
            Signature verifier = crypto.signature(jcaName);
            verifier.initVerify(issuerKey);
            verifier.update(leaf.getTBSCertificate());
            return verifier.verify(leaf.getSignature());
        } catch (GeneralSecurityException | RuntimeException _) {
            crypto.discardSignature(jcaName);
            return false;
        }
    }

    /// The key as an object of the chosen provider.
    private PublicKey key(X509Certificate certificate) throws GeneralSecurityException {
        PublicKey key = certificate.getPublicKey();
        String family = key.getAlgorithm().equals("EdDSA") ? "Ed25519" : key.getAlgorithm();
        if (!Set.of("EC", "RSA", "Ed25519").contains(family)) {
            throw new Broken("its issuer has a key of an unknown kind");
        }
        return crypto.keyFactory(family).generatePublic(new X509EncodedKeySpec(key.getEncoded()));
    }

    private ByteBuffer name(List<X509Certificate> certificates)
            throws CertificateEncodingException {
        List<byte[]> encodings = new ArrayList<>();
        int length = 0;
        for (X509Certificate certificate : certificates) {
            byte[] der = certificate.getEncoded();
            encodings.add(der);
            length += der.length;
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        encodings.forEach(all::put); // DER says its own length: no two lists are the same octets
        return ByteBuffer.wrap(crypto.sha256(all.array()));
    }

    private Anchors current() throws GeneralSecurityException {
        TrustBundle bundle = trustBundles.current();
        Anchors known = anchors;
        if (known == null || known.version() != bundle.version()) {
            List<X509Certificate> certificates = new ArrayList<>();
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (byte[] der : bundle.x509Authorities()) {
                certificates.add(
                        (X509Certificate)
                                factory.generateCertificate(new ByteArrayInputStream(der)));
            }
            known = new Anchors(bundle.version(), certificates);
            anchors = known;
        }
        return known;
    }

    private record Anchors(long version, List<X509Certificate> certificates) {

        /// What of a chain is below a root of ours. A root's key in a certificate that another root
        /// signed counts as that root: its sender cannot know whom we trust.
        List<X509Certificate> below(List<X509Certificate> chain) {
            List<X509Certificate> below = new ArrayList<>();
            for (X509Certificate certificate : chain) {
                if (isRoot(certificate)) {
                    break;
                }
                below.add(certificate);
            }
            return below;
        }

        private boolean isRoot(X509Certificate certificate) {
            return certificates.stream()
                    .anyMatch(root ->
                            root.getSubjectX500Principal()
                                            .equals(certificate.getSubjectX500Principal())
                                    && root.getPublicKey().equals(certificate.getPublicKey()));
        }

        Set<TrustAnchor> trustAnchors() {
            Set<TrustAnchor> trustAnchors = new HashSet<>();
            certificates.forEach(root -> trustAnchors.add(new TrustAnchor(root, null)));
            return trustAnchors;
        }
    }

    private record ValidPath(
            long version, PublicKey issuerKey, X509Certificate root, String issuerId) {}

    /// Ends the check within this class.
    private static final class Broken extends GeneralSecurityException {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }
}
