package dev.signet.ca.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

class RefusalSamplesTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:30Z");
    private static final String PAYMENTS = "spiffe://example.org/payments";

    private final RefusalSamples samples = new RefusalSamples();

    private void refused(String subject, String address, String spiffeId, String diagnosis) {
        samples.add(
                new RefusedRequest(
                        Refusal.withDiagnosis(RefusalCode.POLICY_DENIED, "told", diagnosis),
                        "bearer-token",
                        subject,
                        address,
                        spiffeId,
                        "",
                        "",
                        "",
                        ""),
                NOW);
    }

    private List<RecordedRefusal> ofPayments() {
        return samples.records("replica").stream()
                .filter(each -> each.request().spiffeId().equals(PAYMENTS))
                .toList();
    }

    @Test
    void aFloodOfStrangersLeavesRoomForWhoeverIsVerified() {
        for (int i = 0; i < 100_000; i++) {
            refused("", "192.0." + i % 250 + "." + i % 199, "spiffe://example.org/" + i, "x" + i);
        }
        refused("issuer|payments", "192.0.2.7", PAYMENTS, "no rule");
        assertThat(ofPayments()).hasSize(1);
        assertThat(samples.records("replica")).hasSize(RefusalSamples.OTHER_PLACES + 1);
    }

    @Test
    void aFloodFromOneAddressLeavesRoomForAnother() {
        for (int i = 0; i < 100_000; i++) {
            refused("", "2001:db8:1:2::" + Integer.toHexString(i % 65536), "spiffe://a/" + i, "");
        }
        refused("", "192.0.2.7", PAYMENTS, "the token has expired");
        assertThat(ofPayments()).hasSize(1);
        assertThat(samples.records("replica")).hasSize(RefusalSamples.PLACES_OF_AN_ADDRESS + 1);
    }

    @Test
    void aVerifiedCallerThatAsksForManyIdentitiesLeavesRoomForOthers() {
        for (int i = 0; i < 100_000; i++) {
            refused("issuer|compromised", "192.0.2.8", PAYMENTS + i, "");
        }
        refused("issuer|payments", "192.0.2.7", PAYMENTS, "no rule");
        assertThat(ofPayments()).hasSize(1);
        assertThat(samples.records("replica")).hasSize(RefusalSamples.PLACES_OF_A_SUBJECT + 1);
    }

    @Test
    void equalRefusalsAreOneRecordHoweverManyThreadsRefuse() throws Exception {
        List<Callable<Void>> callers = new ArrayList<>();
        for (int caller = 0; caller < 4; caller++) {
            callers.add(() -> {
                for (int i = 0; i < 10_000; i++) {
                    refused("issuer|payments", "192.0.2.7", PAYMENTS, "no rule");
                    refused("issuer|orders", "192.0.2.7", "spiffe://example.org/o" + i % 20, "");
                }
                return null;
            });
        }
        try (var executor = Executors.newFixedThreadPool(4)) {
            for (var done : executor.invokeAll(callers)) {
                done.get();
            }
        }
        assertThat(ofPayments())
                .singleElement()
                .satisfies(record -> assertThat(record.refusals()).isEqualTo(40_000));
        assertThat(samples.records("replica")).hasSize(RefusalSamples.PLACES_OF_A_SUBJECT + 1);
    }
}
