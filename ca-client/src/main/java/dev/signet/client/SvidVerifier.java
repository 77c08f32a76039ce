package dev.signet.client;

import dev.signet.client.internal.Strength;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Checks a chain as an X.509-SVID: first whose it claims to be, then with the bundle of that one
/// trust domain, then what its leaf may be used for. Stateless.
final class SvidVerifier {

    /// Longest chain that is looked at.
    static final int MAX_CHAIN = 8;

    static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_PURPOSE = "2.5.29.37.0";
    private static final String NAME_CONSTRAINTS = "2.5.29.30";
    private static final String ALTERNATIVE_NAMES = "2.5.29.17";

    /// Some 50 ms; 100 names below 50 constraints are a tenth of it.
    private static final long MAX_NAME_WORK = 100_000_000;

    private static final int URI = 6;
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_CERT_SIGN = 5;
    private static final int CRL_SIGN = 6;

    private SvidVerifier() {}

    /// The identity that a leaf names: its one URI SAN.
    ///
    /// @throws CertificateException when it names none, several, or something else
    static SpiffeId spiffeId(X509Certificate leaf) throws CertificateException {
        String found = null;
        Collection<List<?>> names = leaf.getSubjectAlternativeNames();
        for (List<?> name : names == null ? List.<List<?>>of() : names) {
            if (Integer.valueOf(URI).equals(name.get(0))) {
                if (found != null) {
                    throw new CertificateException(
                            "certificate has several URI SANs (expected: one SPIFFE ID)");
                }
                found = String.valueOf(name.get(1));
            }
        }
        if (found == null) {
            throw new CertificateException("certificate has no URI SAN (expected: one SPIFFE ID)");
        }
        try {
            return SpiffeId.parse(found);
        } catch (IllegalArgumentException e) {
            throw new CertificateException("certificate's URI SAN: " + e.getMessage(), e);
        }
    }

    /// Verifies a chain, leaf first.
    ///
    /// @param purposes extended key usages that the leaf must have, all of them
    /// @throws CertificateException when it does not verify; says why
    static SpiffeId verify(
            List<X509Certificate> chain,
            Map<TrustDomain, TrustBundle> bundles,
            Instant at,
            Set<String> purposes)
            throws CertificateException {
        return verified(chain, bundles, at, purposes).spiffeId();
    }

    /// What a chain proves.
    ///
    /// @param anchor the authority of the bundle that it ends in
    record Verified(SpiffeId spiffeId, X509Certificate anchor) {}

    /// As [#verify].
    static Verified verified(
            List<X509Certificate> chain,
            Map<TrustDomain, TrustBundle> bundles,
            Instant at,
            Set<String> purposes)
            throws CertificateException {
        if (chain.isEmpty() || chain.size() > MAX_CHAIN) {
            throw new CertificateException(
                    "chain has "
                            + chain.size()
                            + " certificates (expected: 1 to "
                            + MAX_CHAIN
                            + ")");
        }
        X509Certificate leaf = chain.get(0);
        SpiffeId id = spiffeId(leaf);
        TrustBundle bundle = bundles.get(id.trustDomain());
        if (bundle == null) {
            throw new CertificateException(
                    id + " is of a trust domain that is not trusted here: " + id.trustDomain());
        }
        checkUsage(leaf, purposes);
        return new Verified(id, verifyPath(chain, bundle, at, purposes));
    }

    /// What a leaf may be used for, by its own extensions.
    static void checkUsage(X509Certificate leaf, Set<String> purposes) throws CertificateException {
        if (leaf.getBasicConstraints() >= 0) {
            throw new CertificateException("certificate is a CA's and authenticates no workload");
        }
        boolean[] usage = leaf.getKeyUsage();
        if (usage == null || !usage[DIGITAL_SIGNATURE] || usage[KEY_CERT_SIGN] || usage[CRL_SIGN]) {
            throw new CertificateException(
                    "certificate's key usage is not a workload's (expected: digitalSignature,"
                            + " neither keyCertSign nor cRLSign)");
        }
        try {
            List<String> extended = leaf.getExtendedKeyUsage();
            if (extended == null || !extended.containsAll(purposes)) {
                throw new CertificateException(
                        "certificate's extended key usage does not allow this direction (expected: "
                                + purposes
                                + ")");
            }
        } catch (CertificateParsingException e) {
            throw new CertificateException("certificate's extended key usage cannot be read", e);
        }
    }

    /// As [#verifyPath(List, TrustBundle, Instant, Set)], for no purpose in particular.
    static X509Certificate verifyPath(List<X509Certificate> chain, TrustBundle bundle, Instant at)
            throws CertificateException {
        return verifyPath(chain, bundle, at, Set.of());
    }

    /// Verifies a chain, leaf first, whatever it names.
    ///
    /// @param purposes extended key usages that no intermediate may exclude
    /// @return the authority that it ends in
    /// @throws CertificateException when it ends in none of the bundle; says why
    static X509Certificate verifyPath(
            List<X509Certificate> chain, TrustBundle bundle, Instant when, Set<String> purposes)
            throws CertificateException {
        // The last second of a validity counts whole (RFC 5280 4.1.2.5).
        Instant at = when.truncatedTo(ChronoUnit.SECONDS);
        Set<TrustAnchor> anchors = new HashSet<>();
        for (X509Certificate authority : bundle.authorities()) {
            // PKIX leaves the anchor's own validity to its user.
            if (!at.isBefore(authority.getNotBefore().toInstant())
                    && !at.isAfter(authority.getNotAfter().toInstant())) {
                anchors.add(new TrustAnchor(authority, null));
            }
        }
        if (anchors.isEmpty()) {
            throw new CertificateException(
                    "trust bundle of " + bundle.trustDomain() + " has no authority valid now");
        }
        List<X509Certificate> path = belowAuthority(chain, bundle);
        checkOrder(path);
        Strength.check(path);
        checkWork(path);
        for (X509Certificate intermediate : path.subList(1, path.size())) {
            checkPurposes(intermediate, purposes);
        }
        try {
            X509Certificate anchor = validated(path, anchors, at).getTrustedCert();
            checkAuthority(anchor, path, at, purposes);
            return anchor;
        } catch (CertificateException e) {
            throw e;
        } catch (UnsupportedOperationException e) {
            // The JDK's answer to a constrained name of a kind that it cannot compare. Then the
            // certificate has to be refused (RFC 5280 4.2.1.10).
            throw new CertificateException(
                    "chain has a name constraint of a kind that cannot be checked (expected: DNS,"
                            + " URI, IP address, e-mail or directory names): "
                            + e.getMessage(),
                    e);
        } catch (GeneralSecurityException e) {
            throw new CertificateException(
                    "chain does not verify with the trust bundle of "
                            + bundle.trustDomain()
                            + " version "
                            + bundle.version()
                            + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private static TrustAnchor validated(
            List<X509Certificate> path, Set<TrustAnchor> anchors, Instant at)
            throws GeneralSecurityException {
        PKIXParameters parameters = new PKIXParameters(anchors);
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(at));
        PKIXCertPathValidatorResult result =
                (PKIXCertPathValidatorResult)
                        CertPathValidator.getInstance("PKIX")
                                .validate(
                                        CertificateFactory.getInstance("X.509")
                                                .generateCertPath(path),
                                        parameters);
        return result.getTrustAnchor();
    }

    /// What an authority's own certificate restricts counts as that of any CA. PKIX looks at name
    /// and key of an anchor only and leaves the rest to its user (RFC 5280 6.2, RFC 5937).
    private static void checkAuthority(
            X509Certificate authority, List<X509Certificate> path, Instant at, Set<String> purposes)
            throws GeneralSecurityException {
        Strength.checkKey(authority);
        boolean[] usage = authority.getKeyUsage();
        if (usage != null && !usage[KEY_CERT_SIGN]) {
            throw unfit(authority, "has a key usage without keyCertSign");
        }
        if (authority.hasUnsupportedCriticalExtension()) {
            throw unfit(authority, "has a critical extension that is not known here");
        }
        checkPurposes(authority, purposes);
        long intermediates =
                path.stream()
                        .skip(1)
                        .filter(ca ->
                                !ca.getSubjectX500Principal().equals(ca.getIssuerX500Principal()))
                        .count();
        if (intermediates > authority.getBasicConstraints()) {
            throw unfit(
                    authority,
                    "allows "
                            + authority.getBasicConstraints()
                            + " CAs below it, not "
                            + intermediates);
        }
        if (authority.getExtensionValue(NAME_CONSTRAINTS) == null) {
            return;
        }
        if (!authority.getSubjectX500Principal().equals(authority.getIssuerX500Principal())) {
            throw unfit(authority, "has name constraints and is not self-signed");
        }
        // As the last certificate of a path that ends in its own key.
        List<X509Certificate> whole = new ArrayList<>(path);
        whole.add(authority);
        checkWork(whole);
        validated(
                whole,
                Set.of(
                        new TrustAnchor(
                                authority.getSubjectX500Principal(),
                                authority.getPublicKey(),
                                null)),
                at);
    }

    /// Each name is compared with each constraint of its kind: a chain may hold so many of both
    /// that it keeps a processor busy for seconds.
    private static void checkWork(List<X509Certificate> path) throws CertificateException {
        long names = 0;
        long constraints = 0;
        for (X509Certificate certificate : path) {
            names += length(certificate, ALTERNATIVE_NAMES);
            constraints += length(certificate, NAME_CONSTRAINTS);
        }
        if (names * constraints > MAX_NAME_WORK) {
            throw new CertificateException(
                    "chain has "
                            + names
                            + " bytes of names and "
                            + constraints
                            + " bytes of name constraints (expected: a product of at most "
                            + MAX_NAME_WORK
                            + ")");
        }
    }

    private static int length(X509Certificate certificate, String extension) {
        byte[] value = certificate.getExtensionValue(extension);
        return value == null ? 0 : value.length;
    }

    private static CertificateException unfit(X509Certificate authority, String what) {
        return new CertificateException(
                "authority \"" + authority.getSubjectX500Principal() + "\" " + what);
    }

    /// The chain's own order is the only one that is tried (RFC 8446 4.4.2 lets peers be lenient,
    /// SPIFFE does not ask for it); the usual mistakes are named.
    private static void checkOrder(List<X509Certificate> path) throws CertificateException {
        for (int i = 0; i + 1 < path.size(); i++) {
            if (!path.get(i)
                    .getIssuerX500Principal()
                    .equals(path.get(i + 1).getSubjectX500Principal())) {
                throw new CertificateException(
                        "chain is not in order: certificate "
                                + (i + 2)
                                + " is of \""
                                + path.get(i + 1).getSubjectX500Principal()
                                + "\", certificate "
                                + (i + 1)
                                + " was issued by \""
                                + path.get(i).getIssuerX500Principal()
                                + "\" (expected: the leaf, then the issuer of each; take a trust"
                                + " bundle that was appended out of the file)");
            }
        }
    }

    /// A CA without extended key usages issues for every purpose.
    private static void checkPurposes(X509Certificate intermediate, Set<String> purposes)
            throws CertificateException {
        try {
            List<String> extended = intermediate.getExtendedKeyUsage();
            if (extended != null
                    && !extended.contains(ANY_PURPOSE)
                    && !extended.containsAll(purposes)) {
                throw new CertificateException(
                        "CA \""
                                + intermediate.getSubjectX500Principal()
                                + "\" may not issue for this direction: its extended key usages"
                                + " are "
                                + extended
                                + " (expected: "
                                + purposes
                                + ")");
            }
        } catch (CertificateParsingException e) {
            throw new CertificateException("a CA's extended key usage cannot be read", e);
        }
    }

    /// What of a chain is below an authority that is trusted: what comes with it above is for
    /// verifiers that trust another one, such as an authority's key signed by the one before it.
    private static List<X509Certificate> belowAuthority(
            List<X509Certificate> chain, TrustBundle bundle) {
        for (int i = 1; i < chain.size(); i++) {
            X509Certificate certificate = chain.get(i);
            for (X509Certificate authority : bundle.authorities()) {
                if (authority
                                .getSubjectX500Principal()
                                .equals(certificate.getSubjectX500Principal())
                        && authority.getPublicKey().equals(certificate.getPublicKey())) {
                    return chain.subList(0, i);
                }
            }
        }
        return chain;
    }

    static List<X509Certificate> listOf(X509Certificate[] chain) {
        return chain.length > MAX_CHAIN + 1
                ? Arrays.asList(chain).subList(0, MAX_CHAIN + 1)
                : Arrays.asList(chain);
    }
}
