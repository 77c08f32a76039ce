package dev.signet.ca.certificate;

import java.time.Duration;
import java.util.List;

/// Says the same of every certificate: at first that there is nothing to learn.
public final class FakeStatusInformation implements StatusInformation {

    public volatile Choice choice = new Choice.Says(CertificateStatus.NO_REVOCATION_AVAILABLE);

    @Override
    public Choice choose(
            String authorityId,
            SerialNumber serialNumber,
            CertificateProfile profile,
            Duration lifetime) {
        return profile.authority() == null ? choice : new Choice.Says(CertificateStatus.UNSAID);
    }

    @Override
    public List<String> objections(CertificateProfile profile) {
        return List.of();
    }
}
