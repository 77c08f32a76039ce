package dev.signet.ca.certificate;

import dev.signet.ca.identity.TrustDomain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// What RFC 5280 and prudence ask of a profile, before any certificate of it is written. Pure.
///
/// @rfc 5280 4.2.1
public final class ProfileRules {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");
    private static final Duration MAX_BACKDATE = Duration.ofSeconds(60);
    private static final int MAX_PATH_LENGTH = 3;
    private static final int MAX_DOMAINS = 100;

    private static final Set<KeyUsage> OF_AUTHORITIES =
            EnumSet.of(KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN);

    private ProfileRules() {}

    /// Every reason not to issue by the profile, each one sentence that says what is wrong and what
    /// was expected; empty for a sound profile.
    public static List<String> objections(CertificateProfile profile) {
        List<String> objections = new ArrayList<>();
        if (!NAME.matcher(profile.name()).matches()) {
            objections.add(
                    "The name is not 1 to 63 lower-case letters, digits and hyphens that begin with"
                            + " a letter.");
        }
        if (profile.version() < 1) {
            objections.add("The version is " + profile.version() + " (expected: 1 or greater).");
        }
        Duration backdate = profile.backdate();
        if (backdate.isNegative()
                || backdate.compareTo(MAX_BACKDATE) > 0
                || !backdate.equals(Duration.ofSeconds(backdate.toSeconds()))) {
            objections.add(
                    "The backdate is " + backdate + " (expected: 0 to 60 s, whole seconds).");
        }
        if (profile.keyUsages().isEmpty()) {
            objections.add("There is no key usage; at least one must be set (RFC 5280 4.2.1.3).");
        }
        CertificateProfile.AuthorityConstraints authority = profile.authority();
        if (authority == null) {
            addForEndEntity(objections, profile);
        } else {
            addForAuthority(objections, profile, authority);
        }
        return List.copyOf(objections);
    }

    /// The kinds of key that may have all the profile's key usages.
    public static Set<PublicKeyType> keyTypes(CertificateProfile profile) {
        return keyTypes(profile.keyUsages());
    }

    /// The kinds of key that may have these key usages together.
    public static Set<PublicKeyType> keyTypes(Set<KeyUsage> keyUsages) {
        Set<PublicKeyType> types = EnumSet.noneOf(PublicKeyType.class);
        for (PublicKeyType type : PublicKeyType.values()) {
            if (UsageRules.accepts(keyUsages, type)) {
                types.add(type);
            }
        }
        return types;
    }

    /// Whether intermediate CAs can be made for the trust domain: name constraints want a host
    /// name, which a trust domain with an underscore or of digits alone is not.
    public static boolean mayConstrain(TrustDomain trustDomain) {
        return NameSyntax.isHost(trustDomain.name());
    }

    private static void addForEndEntity(List<String> objections, CertificateProfile profile) {
        for (KeyUsage usage : OF_AUTHORITIES) {
            if (profile.keyUsages().contains(usage)) {
                objections.add(
                        usage
                                + " is set without an authority: only a CA may have it (RFC 5280"
                                + " 4.2.1.3).");
            }
        }
        if (profile.extendedKeyUsages().isEmpty()) {
            objections.add(
                    "There is no extended key usage, so that the certificate would be good for"
                            + " every purpose; name those that it is for (RFC 5280 4.2.1.12).");
        }
        if (new HashSet<>(profile.extendedKeyUsages()).size()
                != profile.extendedKeyUsages().size()) {
            objections.add("An extended key usage is named twice.");
        }
        for (ExtendedKeyUsage purpose : new HashSet<>(profile.extendedKeyUsages())) {
            if (!UsageRules.allow(profile.keyUsages(), purpose)) {
                objections.add(
                        purpose
                                + " is of no use without one of the key usages that it needs (RFC"
                                + " 5280 4.2.1.12).");
            }
        }
        boolean onlyOne =
                profile.keyUsages().contains(KeyUsage.ENCIPHER_ONLY)
                        || profile.keyUsages().contains(KeyUsage.DECIPHER_ONLY);
        if (onlyOne && !profile.keyUsages().contains(KeyUsage.KEY_AGREEMENT)) {
            objections.add(
                    "EncipherOnly and decipherOnly mean nothing without keyAgreement (RFC 5280"
                            + " 4.2.1.3).");
        }
    }

    private static void addForAuthority(
            List<String> objections,
            CertificateProfile profile,
            CertificateProfile.AuthorityConstraints authority) {
        if (!profile.keyUsages().contains(KeyUsage.KEY_CERT_SIGN)) {
            objections.add("A CA needs the key usage KEY_CERT_SIGN (RFC 5280 4.2.1.9).");
        }
        for (KeyUsage usage : profile.keyUsages()) {
            if (!OF_AUTHORITIES.contains(usage) && !authority.unconstrained()) {
                objections.add(
                        usage + " is set for a CA, whose key signs certificates and CRLs only.");
            }
        }
        if (authority.unconstrained() == profile.writesIdentity()) {
            objections.add(
                    "A CA's identity is written where it is constrained to the trust domain, and"
                            + " recorded where it is unconstrained; this one's is the other way"
                            + " round.");
        }
        if (authority.unconstrained() && !authority.permittedDnsDomains().isEmpty()) {
            objections.add(
                    "An unconstrained CA has permitted DNS domains; it is one or the other.");
        }
        if (!profile.extendedKeyUsages().isEmpty()) {
            objections.add(
                    "A CA has extended key usages, which verifiers read in different ways; leave"
                            + " them out.");
        }
        if (profile.revocation() == CertificateProfile.Revocation.SHORT_LIVED) {
            objections.add(
                    "A CA's certificate is short-lived, but noRevAvail must not be in one (RFC 9608"
                            + " 2).");
        }
        if (authority.pathLength() < 0 || authority.pathLength() > MAX_PATH_LENGTH) {
            objections.add("The path length is " + authority.pathLength() + " (expected: 0 to 3).");
        }
        List<String> domains = authority.permittedDnsDomains();
        if (domains.size() > MAX_DOMAINS) {
            objections.add(
                    "There are "
                            + domains.size()
                            + " permitted DNS domains (expected: at most 100).");
        }
        for (String domain : domains) {
            if (!NameSyntax.isHost(domain)) {
                objections.add(
                        "A permitted DNS domain is not dot-separated labels of lower-case letters,"
                                + " digits and inner hyphens, without a wildcard or a leading dot"
                                + " (RFC 5280 4.2.1.10).");
                break;
            }
        }
        if (new HashSet<>(domains).size() != domains.size()) {
            objections.add("A permitted DNS domain is named twice.");
        }
    }
}
