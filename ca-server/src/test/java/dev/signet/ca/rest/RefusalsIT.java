package dev.signet.ca.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.time.Duration;

/// "Why was payments refused?"
class RefusalsIT {

    @Test
    void aRefusedCallerIsFoundByItsIdentityWithAddressRequestAndCause() throws Exception {
        try (RestRig rig = new RestRig()) {
            String payments = "spiffe://" + RestRig.TRUST_DOMAIN + "/payments";
            assertThatThrownBy(() ->
                            rig.certificate(
                                    "nobody-knows-this-join-token",
                                    Duration.ofHours(1),
                                    "Join ",
                                    payments))
                    .hasMessageContaining("UNAUTHENTICATED");
            JsonNode found =
                    Awaitility.await()
                            .atMost(Duration.ofMinutes(3))
                            .pollInterval(Duration.ofSeconds(1))
                            .until(
                                    () ->
                                            RestRig.json(
                                                            rig.get(
                                                                    "/v1/refusals?spiffeIdPrefix="
                                                                            + payments))
                                                    .path("items"),
                                    items -> !items.isEmpty());
            assertThat(found).hasSize(1);
            JsonNode refusal = found.get(0);
            assertThat(refusal.path("code").asString()).isEqualTo("UNAUTHENTICATED");
            assertThat(refusal.path("spiffeId").asString()).isEqualTo(payments);
            assertThat(refusal.path("address").asString()).isEqualTo("127.0.0.1");
            assertThat(refusal.path("kind").asString()).isEqualTo("join-token");
            assertThat(refusal.path("verified").asBoolean()).isFalse();
            assertThat(refusal.path("diagnosis").asString()).isNotEmpty();
            assertThat(refusal.toString()).doesNotContain("nobody-knows-this-join-token");
            assertThat(
                            RestRig.json(
                                            rig.get(
                                                    "/v1/refusals?code=SUSPENDED&spiffeIdPrefix="
                                                            + payments))
                                    .path("items"))
                    .isEmpty();
            assertThat(rig.get("/v1/refusals?pageToken=AAAA").statusCode()).isEqualTo(400);
            assertThat(
                            RestRig.json(rig.get("/v1/refusal-counts"))
                                    .path("items")
                                    .findValuesAsString("code"))
                    .contains("UNAUTHENTICATED");
        }
    }
}
