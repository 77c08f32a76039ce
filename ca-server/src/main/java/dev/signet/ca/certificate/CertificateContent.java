package dev.signet.ca.certificate;

import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.TrustDomain;

import java.util.List;
import java.util.Set;

/// Everything that a certificate will say, decided before anything is signed. Immutable.
///
/// @param serialNumber taken from the ledger, used once
/// @param issuer the authority that will sign
/// @param validity within the issuer's
/// @param spiffeId whom it is for: the one URI SAN of scheme `spiffe`, first of all; a profile for
///   an intermediate CA writes its trust domain alone, one whose identity is only on record nothing
/// @param names further SANs; none for a CA but an unconstrained one
/// @param subject distinguished name; usually empty, never for a CA
/// @param key the subject's public key
/// @param profile the rest
/// @param keyUsages some or all of the profile's
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
        DistinguishedName subject,
        SubjectKey key,
        CertificateProfile profile,
        Set<KeyUsage> keyUsages,
        List<ExtendedKeyUsage> extendedKeyUsages,
        CertificateStatus status) {

    /// @throws IllegalArgumentException when the usages are not the profile's, do not go together
    ///   or not with the key, it says neither subject nor any name, or an intermediate CA has no
    ///   subject, has further names, or is in a trust domain that name constraints cannot say
    ///   because it is not a host name
    public CertificateContent {
        keyUsages = Set.copyOf(keyUsages);
        extendedKeyUsages = List.copyOf(extendedKeyUsages);
        if (!profile.keyUsages().containsAll(keyUsages)) {
            throw new IllegalArgumentException(
                    "key usages are not some of profile " + profile.name());
        }
        if (!profile.extendedKeyUsages().containsAll(extendedKeyUsages)
                || extendedKeyUsages.isEmpty() != profile.extendedKeyUsages().isEmpty()) {
            throw new IllegalArgumentException(
                    "extended key usages are not some of profile " + profile.name());
        }
        if (!UsageRules.accepts(keyUsages, key.type())) {
            throw new IllegalArgumentException(key.type() + " keys cannot have the key usages");
        }
        if (!profile.writesIdentity() && subject.isEmpty() && names.isEmpty()) {
            throw new IllegalArgumentException(
                    "neither a subject nor a name (RFC 5280 4.1.2.6, 4.2.1.6)");
        }
        if (profile.authority() != null) {
            if (subject.isEmpty()) {
                throw new IllegalArgumentException("a CA has no subject (RFC 5280 4.1.2.6)");
            }
            if (profile.constrainsAuthority()) {
                requireConstrainable(spiffeId.trustDomain(), names);
            }
            if (status.isNoRevocationAvailable()) {
                throw new IllegalArgumentException("noRevAvail for a CA (RFC 9608 2)");
            }
        }
    }

    /// A content with all the profile's key usages.
    public CertificateContent(
            SerialNumber serialNumber,
            Issuer issuer,
            Validity validity,
            SpiffeId spiffeId,
            AlternativeNames names,
            DistinguishedName subject,
            SubjectKey key,
            CertificateProfile profile,
            List<ExtendedKeyUsage> extendedKeyUsages,
            CertificateStatus status) {
        this(
                serialNumber,
                issuer,
                validity,
                spiffeId,
                names,
                subject,
                key,
                profile,
                profile.keyUsages(),
                extendedKeyUsages,
                status);
    }

    /// A content with all the profile's key usages that says nothing of its status.
    public CertificateContent(
            SerialNumber serialNumber,
            Issuer issuer,
            Validity validity,
            SpiffeId spiffeId,
            AlternativeNames names,
            DistinguishedName subject,
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

    private static void requireConstrainable(TrustDomain trustDomain, AlternativeNames names) {
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
