package dev.signet.ca.certificate;

import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.TrustDomain;

import java.util.List;

/// Everything that a certificate will say, decided before anything is signed. Immutable.
///
/// @param serialNumber taken from the ledger, used once
/// @param issuer the authority that will sign
/// @param validity within the issuer's
/// @param spiffeId whom it is for: the one URI SAN of scheme `spiffe`, first of all; a profile for
///   an intermediate CA writes its trust domain alone
/// @param names further SANs; none for a CA
/// @param subject distinguished name; usually empty, never for a CA
/// @param key the subject's public key
/// @param profile the rest
/// @param extendedKeyUsages some or all of the profile's, in the order to write; at least one where
///   the profile has any, as none would mean every purpose
/// @param status what it says of where to learn whether it was revoked; for a CA never that there
///   is nothing to learn
public record CertificateContent(
        SerialNumber serialNumber,
        Issuer issuer,
        Validity validity,
        SpiffeId spiffeId,
        AlternativeNames names,
        SubjectName subject,
        SubjectKey key,
        CertificateProfile profile,
        List<ExtendedKeyUsage> extendedKeyUsages,
        CertificateStatus status) {

    /// @throws IllegalArgumentException when the extended key usages are not the profile's, the key
    ///   cannot have its key usages, or an intermediate CA has no subject, has further names, or is
    ///   in a trust domain that name constraints cannot say because it is not a host name
    public CertificateContent {
        extendedKeyUsages = List.copyOf(extendedKeyUsages);
        if (!profile.extendedKeyUsages().containsAll(extendedKeyUsages)
                || extendedKeyUsages.isEmpty() != profile.extendedKeyUsages().isEmpty()) {
            throw new IllegalArgumentException(
                    "extended key usages are not some of profile " + profile.name());
        }
        if (!ProfileRules.accepts(profile, key.type())) {
            throw new IllegalArgumentException(
                    key.type() + " keys cannot have the key usages of profile " + profile.name());
        }
        if (profile.authority() != null) {
            requireAuthority(spiffeId.trustDomain(), names, subject);
            if (status.isNoRevocationAvailable()) {
                throw new IllegalArgumentException("noRevAvail for a CA (RFC 9608 2)");
            }
        }
    }

    /// A content that says nothing of its status.
    public CertificateContent(
            SerialNumber serialNumber,
            Issuer issuer,
            Validity validity,
            SpiffeId spiffeId,
            AlternativeNames names,
            SubjectName subject,
            SubjectKey key,
            CertificateProfile profile,
            List<ExtendedKeyUsage> extendedKeyUsages) {
        this(
                serialNumber,
                issuer,
                validity,
                spiffeId,
                names,
                subject,
                key,
                profile,
                extendedKeyUsages,
                CertificateStatus.UNSAID);
    }

    private static void requireAuthority(
            TrustDomain trustDomain, AlternativeNames names, SubjectName subject) {
        if (subject.isEmpty()) {
            throw new IllegalArgumentException("a CA has no subject (RFC 5280 4.1.2.6)");
        }
        if (!names.isEmpty()) {
            throw new IllegalArgumentException("a CA has names beside its trust domain's");
        }
        if (!ProfileRules.mayConstrain(trustDomain)) {
            throw new IllegalArgumentException(
                    "trust domain "
                            + trustDomain
                            + " is not a host name, which name constraints want (RFC 5280 4.2.1.10)");
        }
    }

    /// A content without further names and subject, with all the profile's usages.
    public static CertificateContent ofWorkload(
            SerialNumber serialNumber,
            Issuer issuer,
            Validity validity,
            SpiffeId spiffeId,
            SubjectKey key,
            CertificateProfile profile) {
        return new CertificateContent(
                serialNumber,
                issuer,
                validity,
                spiffeId,
                AlternativeNames.NONE,
                SubjectName.EMPTY,
                key,
                profile,
                profile.extendedKeyUsages());
    }
}
