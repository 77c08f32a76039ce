package dev.signet.ca.certificate;

import dev.signet.ca.identity.SpiffeId;

import java.util.List;

/// Everything that a certificate will say, decided before anything is signed. Immutable.
///
/// @param serialNumber taken from the ledger, used once
/// @param issuer the authority that will sign
/// @param validity within the issuer's
/// @param spiffeId whom it is for: the one URI SAN of scheme `spiffe`, first of all; a profile for
///   an intermediate CA writes its trust domain alone
/// @param names further SANs
/// @param subject distinguished name; usually empty
/// @param key the subject's public key
/// @param profile the rest
/// @param extendedKeyUsages some or all of the profile's, in its order
public record CertificateContent(
        SerialNumber serialNumber,
        Issuer issuer,
        Validity validity,
        SpiffeId spiffeId,
        AlternativeNames names,
        SubjectName subject,
        SubjectKey key,
        CertificateProfile profile,
        List<ExtendedKeyUsage> extendedKeyUsages) {

    /// @throws IllegalArgumentException when an extended key usage is not the profile's
    public CertificateContent {
        extendedKeyUsages = List.copyOf(extendedKeyUsages);
        if (!profile.extendedKeyUsages().containsAll(extendedKeyUsages)) {
            throw new IllegalArgumentException(
                    "an extended key usage is not one of profile " + profile.name());
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
