package dev.signet.ca.authority;

import dev.signet.ca.authority.AuthorityStore.Content;
import dev.signet.ca.authority.AuthorityStore.StoredAuthority;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.Ascii;
import dev.signet.ca.identity.ShownText;
import dev.signet.ca.identity.TrustDomain;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The way from a CA certificate that came in to its root, checked link by link: who signed whom,
/// what a CA needs to say, how many CAs may follow, and dates, of which none below outlives one
/// above (R17).
final class IntakeChain {

    private static final int LONGEST = 8;
    private static final int MOST_NAME = 200;

    private final CryptoProvider crypto;
    private final TrustDomain trustDomain;
    private final Duration least;
    private final Instant now;

    /// @param trustDomain of this CA
    /// @param least how long each must be valid from now on
    IntakeChain(CryptoProvider crypto, TrustDomain trustDomain, Duration least, Instant now) {
        this.crypto = crypto;
        this.trustDomain = trustDomain;
        this.least = least;
        this.now = now;
    }

    /// One CA of the chain.
    ///
    /// @param issuerId null for the root
    /// @param known whether it is on record already
    record Link(
            AuthorityCertificate certificate,
            AuthorityRole role,
            @Nullable String issuerId,
            boolean known) {}

    /// @param lowest one of those given
    /// @param pathLength how many CAs are to be possible below the lowest
    /// @return the lowest first, the root last; only the root when the lowest is one
    /// @throws NotAcceptedException with what is wrong
    List<Link> of(
            AuthorityCertificate lowest,
            int pathLength,
            List<AuthorityCertificate> given,
            Content content)
            throws NotAcceptedException {
        Map<String, AuthorityCertificate> others = new LinkedHashMap<>();
        given.forEach(one -> others.put(one.id(), one));
        Map<String, StoredAuthority> stored = new LinkedHashMap<>();
        for (StoredAuthority authority : content.authorities()) {
            switch (authority.role()) {
                case ROOT, INTERMEDIATE -> {
                    stored.put(authority.id(), authority);
                    others.putIfAbsent(
                            authority.id(),
                            new AuthorityCertificate(
                                    authority.certificate(),
                                    crypto.sha256(authority.certificate())));
                }
                case CROSS, ISSUING -> {}
            }
        }
        List<AuthorityCertificate> path = new ArrayList<>(List.of(lowest));
        while (!selfIssued(path.getLast())) {
            if (path.size() >= LONGEST) {
                throw new NotAcceptedException(
                        "the chain has more than " + LONGEST + " certificates");
            }
            path.add(issuer(path.getLast(), path.size() == 1, others));
        }
        Set<String> unused = new TreeSet<>();
        given.forEach(one -> unused.add(one.id()));
        path.forEach(one -> unused.remove(one.id()));
        if (!unused.isEmpty()) {
            throw new NotAcceptedException(
                    "certificate "
                            + unused.iterator().next()
                            + " does not belong to the chain (expected: the issuing CA, those"
                            + " between, and the root)");
        }
        return checked(path, pathLength, stored);
    }

    private List<Link> checked(
            List<AuthorityCertificate> path, int pathLength, Map<String, StoredAuthority> stored)
            throws NotAcceptedException {
        List<Link> links = new ArrayList<>();
        for (int i = 0; i < path.size(); i++) {
            AuthorityCertificate certificate = path.get(i);
            AuthorityCertificate above = i + 1 < path.size() ? path.get(i + 1) : null;
            AuthorityRole role =
                    above == null
                            ? AuthorityRole.ROOT
                            : i == 0 ? AuthorityRole.ISSUING : AuthorityRole.INTERMEDIATE;
            Optional<String> defect = ForeignCertificateLint.firstDefect(role, certificate, above);
            if (defect.isPresent()) {
                throw new NotAcceptedException(
                        "the certificate of the "
                                + role.text()
                                + " CA "
                                + name(certificate)
                                + ": "
                                + defect.get());
            }
            if (role != AuthorityRole.ROOT) {
                requireOurTrustDomain(certificate, role);
            }
            requirePathLength(certificate, role, i + pathLength + (path.size() == 1 ? 1 : 0));
            requireValid(certificate, above, role);
            StoredAuthority known = stored.get(certificate.id());
            if (known != null) {
                requireUsable(known);
            }
            links.add(
                    new Link(certificate, role, above == null ? null : above.id(), known != null));
        }
        return links;
    }

    /// A CA below a root may say its trust domain (SPIFFE X509-SVID 4.1). A root may be another
    /// organization's.
    private void requireOurTrustDomain(AuthorityCertificate certificate, AuthorityRole role)
            throws NotAcceptedException {
        GeneralNames names =
                GeneralNames.fromExtensions(
                        certificate.holder().getExtensions(), Extension.subjectAlternativeName);
        if (names == null) {
            return;
        }
        for (GeneralName name : names.getNames()) {
            String uri =
                    name.getTagNo() == GeneralName.uniformResourceIdentifier
                            ? name.getName().toString()
                            : "";
            if (Ascii.lowerCase(uri).startsWith("spiffe://")
                    && !uri.equals("spiffe://" + trustDomain.name())
                    && !uri.startsWith("spiffe://" + trustDomain.name() + "/")) {
                throw new NotAcceptedException(
                        "the certificate of the "
                                + role.text()
                                + " CA "
                                + name(certificate)
                                + " is of another trust domain: "
                                + text(uri)
                                + " (expected: spiffe://"
                                + trustDomain.name()
                                + ", or no SPIFFE ID)");
            }
        }
    }

    private static void requireUsable(StoredAuthority known) throws NotAcceptedException {
        boolean usable =
                switch (known.state()) {
                    case PREPARED, ACTIVE -> true;
                    // What stands between is never anything else.
                    case RETIRED -> known.role() == AuthorityRole.INTERMEDIATE;
                    case REVOKED -> false;
                };
        if (!usable) {
            throw new NotAcceptedException(
                    "the "
                            + known.role().text()
                            + " CA "
                            + known.id()
                            + " is "
                            + known.state().text()
                            + " here (expected: one that is trusted and in use)");
        }
    }

    private static AuthorityCertificate issuer(
            AuthorityCertificate certificate,
            boolean ofLowest,
            Map<String, AuthorityCertificate> others)
            throws NotAcceptedException {
        boolean named = false;
        for (AuthorityCertificate other : others.values()) {
            if (other.holder().getSubject().equals(certificate.holder().getIssuer())
                    && !other.id().equals(certificate.id())) {
                named = true;
                if (ForeignCertificateLint.isSignedBy(certificate, other)) {
                    return other;
                }
            }
        }
        throw new NotAcceptedException(
                (named
                                ? "the signature of "
                                        + name(certificate)
                                        + " does not verify with the key of its issuer "
                                : "there is no certificate of the issuer of "
                                        + name(certificate)
                                        + ", ")
                        + text(certificate.holder().getIssuer().toString())
                        + " (expected: "
                        + (ofLowest ? "the CA that signed the request" : "each CA above")
                        + ", up to the root, given or on record)");
    }

    private static boolean selfIssued(AuthorityCertificate certificate) {
        X509CertificateHolder holder = certificate.holder();
        return holder.getSubject().equals(holder.getIssuer());
    }

    private static void requirePathLength(
            AuthorityCertificate certificate, AuthorityRole role, int least)
            throws NotAcceptedException {
        BasicConstraints constraints =
                BasicConstraints.fromExtensions(certificate.holder().getExtensions());
        BigInteger length = constraints == null ? null : constraints.getPathLenConstraint();
        if (length != null && length.compareTo(BigInteger.valueOf(least)) < 0) {
            throw new NotAcceptedException(
                    "the certificate of the "
                            + role.text()
                            + " CA "
                            + name(certificate)
                            + " has pathLenConstraint "
                            + length
                            + " (expected: at least "
                            + least
                            + ")");
        }
    }

    private void requireValid(
            AuthorityCertificate certificate,
            @Nullable AuthorityCertificate above,
            AuthorityRole role)
            throws NotAcceptedException {
        Validity validity = certificate.validity();
        String who = "the certificate of the " + role.text() + " CA " + name(certificate);
        if (!validity.contains(now) || validity.notAfter().minus(least).isBefore(now)) {
            throw new NotAcceptedException(
                    who
                            + " is valid from "
                            + validity.notBefore()
                            + " to "
                            + validity.notAfter()
                            + " (expected: now, "
                            + now
                            + ", and for "
                            + least
                            + " or longer)");
        }
        if (above != null && validity.notAfter().isAfter(above.validity().notAfter())) {
            throw new NotAcceptedException(
                    who
                            + " is valid to "
                            + validity.notAfter()
                            + " (expected: not longer than the one that signed it, "
                            + above.validity().notAfter()
                            + ")");
        }
    }

    /// Kind of its key; null: one that this CA makes none of.
    static @Nullable KeyType keyType(AuthorityCertificate certificate) {
        SubjectPublicKeyInfo key = certificate.holder().getSubjectPublicKeyInfo();
        ASN1ObjectIdentifier algorithm = key.getAlgorithm().getAlgorithm();
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            Object curve = key.getAlgorithm().getParameters();
            return X9ObjectIdentifiers.prime256v1.equals(curve)
                    ? KeyType.P256
                    : SECObjectIdentifiers.secp384r1.equals(curve) ? KeyType.P384 : null;
        }
        if (algorithm.getId().equals("1.3.101.112")) {
            return KeyType.ED25519;
        }
        if (!algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return null;
        }
        try {
            return switch (RSAPublicKey.getInstance(key.parsePublicKey())
                    .getModulus()
                    .bitLength()) {
                case 3072 -> KeyType.RSA3072;
                case 4096 -> KeyType.RSA4096;
                default -> null;
            };
        } catch (IOException | IllegalArgumentException _) {
            return null;
        }
    }

    static String name(AuthorityCertificate certificate) {
        return text(certificate.holder().getSubject().toString());
    }

    private static String text(String name) {
        String shown =
                name.codePoints()
                        .limit(MOST_NAME)
                        .collect(
                                StringBuilder::new,
                                (to, c) -> to.appendCodePoint(ShownText.isShown(c) ? c : '?'),
                                StringBuilder::append)
                        .toString();
        return "'" + shown + "'";
    }
}
