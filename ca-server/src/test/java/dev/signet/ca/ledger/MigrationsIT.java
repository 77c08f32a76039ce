package dev.signet.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.TestDatabase;

import org.junit.jupiter.api.Test;

class MigrationsIT {

    @Test
    void makesPartitionsFromYesterdayOnward() {
        try (TestDatabase database = TestDatabase.create()) {
            assertThat(
                            database.ownerJdbcClient()
                                    .sql(
                                            "SELECT count(*) FROM pg_inherits"
                                                    + " WHERE inhparent = 'ledger.certificate'::regclass")
                                    .query(Integer.class)
                                    .single())
                    .isEqualTo(9);
        }
    }
}
