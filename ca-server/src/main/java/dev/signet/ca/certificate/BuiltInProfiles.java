package dev.signet.ca.certificate;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/// The profiles that every policy may name. A policy document adds others, under other names. What
/// a name means never changes without a new version.
public final class BuiltInProfiles {

    private static final Duration BACKDATE = CertificateProfile.WORKLOAD.backdate();

    /// TLS server only.
    public static final CertificateProfile SERVER =
            new CertificateProfile(
                    "server",
                    2,
                    BACKDATE,
                    EnumSet.of(KeyUsage.DIGITAL_SIGNATURE),
                    List.of(ExtendedKeyUsage.SERVER_AUTH),
                    null,
                    CertificateProfile.Revocation.BY_LIFETIME);

    /// TLS client only.
    public static final CertificateProfile CLIENT =
            new CertificateProfile(
                    "client",
                    2,
                    BACKDATE,
                    EnumSet.of(KeyUsage.DIGITAL_SIGNATURE),
                    List.of(ExtendedKeyUsage.CLIENT_AUTH),
                    null,
                    CertificateProfile.Revocation.BY_LIFETIME);

    /// A CA that issues to end entities with SPIFFE IDs of this trust domain, and to no DNS name.
    public static final CertificateProfile INTERMEDIATE_CA =
            new CertificateProfile(
                    "intermediate-ca",
                    2,
                    BACKDATE,
                    EnumSet.of(KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN),
                    List.of(),
                    new CertificateProfile.AuthorityConstraints(0, List.of()),
                    CertificateProfile.Revocation.BY_LIFETIME);

    private static final List<CertificateProfile> ALL =
            List.of(CertificateProfile.WORKLOAD, SERVER, CLIENT, INTERMEDIATE_CA);

    private BuiltInProfiles() {}

    public static List<CertificateProfile> all() {
        return ALL;
    }

    public static Optional<CertificateProfile> named(String name) {
        return ALL.stream().filter(profile -> profile.name().equals(name)).findFirst();
    }
}
