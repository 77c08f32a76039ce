package dev.signet.ca.admin;

import static dev.signet.ca.admin.PrivilegeReviewTest.ADMIN;
import static dev.signet.ca.admin.PrivilegeReviewTest.BOB;
import static dev.signet.ca.admin.PrivilegeReviewTest.NOW;
import static dev.signet.ca.admin.PrivilegeReviewTest.certificate;
import static dev.signet.ca.admin.PrivilegeReviewTest.serial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.attestation.JoinTokens;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.privilege.Principal;
import dev.signet.ca.privilege.Role;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/// Of whom it is known who had a hand in their credential.
class OriginsTest {

    private static final Duration RETENTION = Duration.ofDays(90);

    private final PrivilegeReviewTest.Tokens tokens = new PrivilegeReviewTest.Tokens();
    private final PrivilegeReviewTest.Records records = new PrivilegeReviewTest.Records();
    private Instant now = NOW;

    private Origins origins() {
        return new Origins(records, tokens, RETENTION, () -> now);
    }

    private static Actor holder(String serialNumber) {
        return new Actor(Principal.CERTIFICATE, BOB, "192.0.2.1", Set.of(Role.ADMIN), serialNumber);
    }

    private static String renewedFrom(String serialNumber) {
        return "{\"certificate.serial-number\":\"" + serialNumber + "\"}";
    }

    @Test
    void aCertificateOfAJoinTokenIsKnownThroughItsRenewals() {
        tokens.all.add(PrivilegeReviewTest.token("00000000000000aa", ADMIN, JoinTokens.State.USED));
        records.all.add(certificate(serial(1), "join-token", "00000000000000aa", "{}"));
        records.all.add(
                certificate(serial(2), "current-certificate", BOB, renewedFrom(serial(1).hex())));
        assertThat(origins().known(holder(serial(2).hex()))).isTrue();
        assertThat(origins().of(holder(serial(2).hex()))).contains(ADMIN.origin());
    }

    @Test
    void oneThatIsNotOnRecordIsUnknownAndSoIsWhatWasRenewedFromIt() {
        assertThat(origins().known(holder(serial(1).hex()))).isFalse();
        assertThat(origins().known(holder("5a"))).isFalse();
        records.all.add(
                certificate(serial(2), "current-certificate", BOB, renewedFrom(serial(1).hex())));
        records.all.add(
                certificate(serial(3), "current-certificate", BOB, renewedFrom(serial(2).hex())));
        assertThat(origins().known(holder(serial(3).hex()))).isFalse();
        records.all.add(
                certificate(
                        serial(4),
                        "registration-authority",
                        BOB + "|x",
                        "{\"registration-authority.serial-number\":\"" + serial(9).hex() + "\"}"));
        assertThat(origins().known(holder(serial(4).hex()))).isFalse();
    }

    @Test
    void oneWhoseRetentionHasPassedIsKnownUnlessItsSerialNumberSaysAnEndBeforeItsUse() {
        SerialNumber early =
                SerialNumber.of(
                        NOW.minus(Duration.ofHours(3)), new byte[SerialNumber.RANDOM_LENGTH]);
        records.all.add(
                certificate(serial(2), "current-certificate", BOB, renewedFrom(serial(1).hex())));
        records.all.add(
                certificate(serial(3), "current-certificate", BOB, renewedFrom(early.hex())));
        now = NOW.plus(RETENTION).plus(Duration.ofHours(3));
        assertThat(origins().known(holder(serial(2).hex()))).isTrue();
        assertThat(origins().known(holder(serial(3).hex()))).isFalse();
        now = NOW.plus(RETENTION);
        assertThat(origins().known(holder(serial(2).hex()))).isFalse();
    }

    @Test
    void otherCredentialsAreTheirOwnOrigin() {
        assertThat(origins().known(new Actor("oidc", "issuer|anna", "192.0.2.1"))).isTrue();
    }
}
