package dev.signet.ca.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.certificate.BuiltInProfiles;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.CertificateProfile.Revocation;
import dev.signet.ca.certificate.CertificateStatus;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.StatusInformation.Choice;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

class PlannedStatusTest {

    private static final String URL = "http://ca.example.org";
    private static final String AUTHORITY = "ab".repeat(32);
    private static final Duration DAY = Duration.ofHours(24);
    private static final SerialNumber SERIAL =
            SerialNumber.of(Instant.parse("2026-11-23T10:00:00Z"), new byte[16]);

    private final AtomicLong nanos = new AtomicLong();

    /// Plans in memory.
    private static final class Plans implements ShardPlanRecords {
        private final List<Plan> plans = new ArrayList<>();

        @Override
        public List<Plan> all() {
            return List.copyOf(plans);
        }

        @Override
        public void add(Plan plan) {
            plans.add(plan);
        }
    }

    private PlannedStatus status(String url, boolean planned) {
        ShardPlans plans = new ShardPlans(new Plans(), StatusSettings.at(url), () -> 0, nanos::get);
        if (planned) {
            plans.ensure(AUTHORITY, false);
        }
        return new PlannedStatus(plans, StatusSettings.at(url));
    }

    private static CertificateProfile profile(Revocation revocation) {
        CertificateProfile workload = CertificateProfile.WORKLOAD;
        return new CertificateProfile(
                "p",
                1,
                workload.backdate(),
                workload.keyUsages(),
                workload.extendedKeyUsages(),
                null,
                revocation);
    }

    private static CertificateStatus said(
            PlannedStatus status, CertificateProfile profile, Duration lifetime) {
        return ((Choice.Says) status.choose(AUTHORITY, SERIAL, profile, lifetime)).status();
    }

    @Test
    void byLifetimeSaysNoRevAvailUpToTheBoundAndPointersBeyond() {
        PlannedStatus status = status(URL, true);
        CertificateProfile profile = profile(Revocation.BY_LIFETIME);
        assertThat(said(status, profile, DAY).isNoRevocationAvailable()).isTrue();
        CertificateStatus longer = said(status, profile, DAY.plusSeconds(1));
        assertThat(longer.isNoRevocationAvailable()).isFalse();
        assertThat(longer.crlUri()).isEqualTo(URL + "/crl/" + AUTHORITY + "/1.crl");
        assertThat(longer.ocspUri()).isEqualTo(URL + "/ocsp");
        assertThat(said(status, profile, DAY.multipliedBy(2))).isSameAs(longer);
        assertThat(said(status("", true), profile, DAY.plusSeconds(1)))
                .isSameAs(CertificateStatus.UNSAID);
    }

    @Test
    void aCaNeverSaysNoRevAvail() {
        assertThat(said(status(URL, true), BuiltInProfiles.INTERMEDIATE_CA, DAY).crlUri())
                .isNotNull();
        assertThat(said(status("", true), BuiltInProfiles.INTERMEDIATE_CA, DAY))
                .isSameAs(CertificateStatus.UNSAID);
    }

    @Test
    void theOtherFormsDoNotLookAtTheLifetime() {
        PlannedStatus status = status(URL, true);
        assertThat(
                        said(status, profile(Revocation.SHORT_LIVED), DAY.multipliedBy(9))
                                .isNoRevocationAvailable())
                .isTrue();
        assertThat(said(status, profile(Revocation.PUBLISHED), Duration.ofMinutes(1)).crlUri())
                .isNotNull();
    }

    @Test
    void noPointerIsNamedThatIsNotPlannedOrNotKnownToBeTheNewest() {
        CertificateProfile profile = profile(Revocation.PUBLISHED);
        assertThat(status(URL, false).choose(AUTHORITY, SERIAL, profile, DAY))
                .isInstanceOf(Choice.NotNow.class);
        assertThat(status("", true).choose(AUTHORITY, SERIAL, profile, DAY))
                .isEqualTo(new Choice.NotNow("signet.status.base-url is not set"));
        PlannedStatus status = status(URL, true);
        nanos.addAndGet(ShardPlans.LONGEST_UNREAD.plusSeconds(1).toNanos());
        assertThat(status.choose(AUTHORITY, SERIAL, profile, DAY))
                .isInstanceOf(Choice.NotNow.class);
    }

    @Test
    void aProfileThatWantsPointersIsObjectedToWithoutABaseUrl() {
        assertThat(status("", true).objections(profile(Revocation.PUBLISHED)))
                .singleElement()
                .asString()
                .contains("signet.status.base-url");
        for (Revocation revocation : Revocation.values()) {
            assertThat(status(URL, true).objections(profile(revocation))).isEmpty();
        }
    }
}
