package dev.signet.ca.policy;

import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.PublicKeyType;
import dev.signet.ca.certificate.SubjectName;
import dev.signet.ca.identity.SpiffeId;

import java.time.Duration;
import java.util.Set;

/// Grants for tests of other packages.
public final class Grants {

    private Grants() {}

    /// What an ordinary workload is granted.
    public static Decision.Granted workload(
            SpiffeId id, Duration lifetime, String policyVersion, String rule) {
        return new Decision.Granted(
                id,
                AlternativeNames.NONE,
                SubjectName.EMPTY,
                lifetime,
                CertificateProfile.WORKLOAD,
                CertificateProfile.WORKLOAD.extendedKeyUsages(),
                Set.of(PublicKeyType.values()),
                null,
                policyVersion,
                rule);
    }
}
