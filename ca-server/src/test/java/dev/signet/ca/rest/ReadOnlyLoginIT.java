package dev.signet.ca.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;

/// While the database takes no writes, operators find what they need.
class ReadOnlyLoginIT {

    private static void setReadOnly(RestRig rig) {
        var owner = rig.database().ownerJdbcClient();
        String name = owner.sql("SELECT current_database()").query(String.class).single();
        owner.sql("ALTER DATABASE " + name + " SET default_transaction_read_only = on").update();
        // The setting is one of new sessions.
        owner.sql(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
                                + " current_database() AND pid <> pg_backend_pid()")
                .query()
                .listOfRows();
    }

    @Test
    void aFirstLoginReadsAndIsToldWhyItCannotWrite() throws Exception {
        try (RestRig rig = new RestRig()) {
            setReadOnly(rig);
            await().atMost(60, TimeUnit.SECONDS)
                    .untilAsserted(() ->
                            assertThat(rig.send(rig.operator("/v1/certificates")).statusCode())
                                    .isEqualTo(200));
            HttpResponse<String> refused =
                    rig.write(
                            "POST",
                            "/v1/join-tokens",
                            "{\"spiffeIdPattern\":\"spiffe://"
                                    + "signet.test/a\",\"reason\":\"x\"}");
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
            assertThat(refused.body()).contains("LEDGER_UNAVAILABLE").contains("read-only");
        }
    }
}
