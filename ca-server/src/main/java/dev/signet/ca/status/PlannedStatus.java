package dev.signet.ca.status;

import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.CertificateStatus;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.StatusInformation;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/// What certificates say of their status, after their profile and by the shards that are planned.
final class PlannedStatus implements StatusInformation {

    private static final Choice NOTHING = new Choice.Says(CertificateStatus.UNSAID);
    private static final Choice SHORT_LIVED =
            new Choice.Says(CertificateStatus.NO_REVOCATION_AVAILABLE);

    private final ShardPlans plans;
    private final StatusSettings settings;

    /// One for each shard: they hold the octets that go into its certificates.
    private final Map<Shard, Choice> published = new ConcurrentHashMap<>();

    PlannedStatus(ShardPlans plans, StatusSettings settings) {
        this.plans = plans;
        this.settings = settings;
    }

    @Override
    public Choice choose(
            String authorityId,
            SerialNumber serialNumber,
            CertificateProfile profile,
            Duration lifetime) {
        return switch (profile.revocation()) {
            case SHORT_LIVED -> SHORT_LIVED;
            case PUBLISHED -> published(authorityId, serialNumber);
            case BY_LIFETIME -> {
                if (profile.authority() == null && lifetime.compareTo(settings.shortLived()) <= 0) {
                    yield SHORT_LIVED;
                }
                yield settings.baseUrl().isEmpty() ? NOTHING : published(authorityId, serialNumber);
            }
        };
    }

    private Choice published(String authorityId, SerialNumber serialNumber) {
        if (settings.baseUrl().isEmpty()) {
            return new Choice.NotNow("signet.status.base-url is not set");
        }
        OptionalInt bits = plans.bits(authorityId);
        return bits.isEmpty()
                ? new Choice.NotNow(
                        "the shards of authority " + authorityId + " are not on record yet")
                : published.computeIfAbsent(
                        Shard.of(authorityId, serialNumber, bits.getAsInt()), this::published);
    }

    private Choice published(Shard shard) {
        return new Choice.Says(
                CertificateStatus.published(
                        settings.baseUrl() + shard.path(), settings.baseUrl() + "/ocsp"));
    }

    @Override
    public List<String> objections(CertificateProfile profile) {
        return profile.revocation() == CertificateProfile.Revocation.PUBLISHED
                        && settings.baseUrl().isEmpty()
                ? List.of(
                        "Its certificates are to name their CRL and OCSP responder, and this server"
                                + " has no address to name: set signet.status.base-url (revocation:"
                                + " published).")
                : List.of();
    }
}
