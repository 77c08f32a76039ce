package dev.signet.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

    @Test
    void aServerRunsOnTheSchemaOfALaterRelease() {
        try (TestDatabase database = TestDatabase.create()) {
            database.ownerJdbcClient()
                    .sql(
                            """
                            INSERT INTO signet.flyway_schema_history (installed_rank, version,
                                description, type, script, checksum, installed_by,
                                execution_time, success)
                            SELECT max(installed_rank) + 1, '9999', 'of a later release', 'SQL',
                                'V9999__of_a_later_release.sql', 1, 'test', 1, true
                            FROM signet.flyway_schema_history
                            """)
                    .update();
            assertThatCode(() -> Migrations.apply(database.ownerDataSource()))
                    .doesNotThrowAnyException();
            assertThat(Migrations.applied(database.ownerDataSource())).isTrue();
        }
    }

    @Test
    void anEditedMigrationStopsTheStart() {
        try (TestDatabase database = TestDatabase.create()) {
            database.ownerJdbcClient()
                    .sql(
                            "UPDATE signet.flyway_schema_history SET checksum = 1 WHERE version ="
                                    + " '0001'")
                    .update();
            assertThatThrownBy(() -> Migrations.apply(database.ownerDataSource()))
                    .hasMessageContaining("checksum");
        }
    }
}
