package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Servers whose login owns nothing, and the process that migrates for them.
class SchemaMigrationIT {

    private static final String AWAIT = "signet.database.migrations";

    private TestDatabase database;
    private ServerRig.Site site;

    @BeforeEach
    void prepare() throws Exception {
        database = TestDatabase.createEmpty();
        site = new ServerRig.Site();
        JdbcClient owner = database.ownerJdbcClient();
        for (String role : List.of("signet_server", "signet_maintenance")) {
            owner.sql(
                            "DO $$ BEGIN CREATE ROLE "
                                    + role
                                    + " NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
                    .update();
        }
        owner.sql(
                        """
                        DO $$ BEGIN CREATE ROLE awaiting LOGIN IN ROLE signet_server, signet_maintenance;
                        EXCEPTION WHEN duplicate_object THEN NULL; END $$
                        """)
                .update();
    }

    @AfterEach
    void clear() {
        site.close();
        database.close();
    }

    private List<String> ownerArguments() {
        return List.of(
                "--signet.database.url=" + database.url(),
                "--signet.database.username=" + database.username());
    }

    private ServerRig startAwaiting(String wait) throws Exception {
        return ServerRig.start(
                site,
                database,
                Map.of(
                        AWAIT,
                        "await",
                        "signet.database.username",
                        "awaiting",
                        "signet.database.startup-wait",
                        wait));
    }

    @Test
    void aServerThatOwnsNothingStartsWhenSomebodyElseHasMigrated() throws Exception {
        CompletableFuture<ServerRig> starting =
                CompletableFuture.supplyAsync(() -> {
                    try {
                        return startAwaiting("60s");
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
        // It looks at the empty database meanwhile, or only later: either must do.
        SchemaMigration.apply(ownerArguments());
        try (ServerRig server = starting.get(120, TimeUnit.SECONDS)) {
            assertThat(server).isNotNull();
        }
        assertThat(ownedByTheServersLogin()).isZero();
    }

    @Test
    void anOwnerWithoutRightsInTheClusterMigratesAndServes() throws Exception {
        JdbcClient superuser = database.ownerJdbcClient();
        superuser
                .sql(
                        """
                        DO $$ BEGIN
                            CREATE ROLE plain_owner LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB
                                IN ROLE signet_server, signet_maintenance;
                        EXCEPTION WHEN duplicate_object THEN NULL; END $$
                        """)
                .update();
        superuser
                .sql(
                        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO plain_owner',"
                                + " current_database()); END $$")
                .update();
        SchemaMigration.apply(
                List.of(
                        "--signet.database.url=" + database.url(),
                        "--signet.database.username=plain_owner"));
        assertThat(
                        superuser
                                .sql(
                                        "SELECT count(*) FROM pg_proc WHERE prosecdef AND"
                                                + " pg_get_userbyid(proowner) = 'plain_owner'")
                                .query(Integer.class)
                                .single())
                .isPositive();
        try (ServerRig server =
                ServerRig.start(
                        site, database, Map.of("signet.database.username", "plain_owner"))) {
            assertThat(server).isNotNull();
        }
    }

    @Test
    void itSaysWhatItWaitsFor() {
        assertThatThrownBy(() -> startAwaiting("1s"))
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("signet.database.migrations")
                .hasMessageContaining("Waited 1 s");
    }

    @Test
    void migratingTwiceDoesNothingTheSecondTime() {
        SchemaMigration.apply(ownerArguments());
        int rows = history();
        SchemaMigration.apply(ownerArguments());
        assertThat(history()).isEqualTo(rows).isGreaterThan(17);
    }

    @Test
    void itNeedsTheDatabasesSettingsAndNoOthers() {
        assertThatThrownBy(() -> SchemaMigration.apply(List.of()))
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("signet.database.url");
    }

    @Test
    void itMigratesEvenWhereServersWait() {
        SchemaMigration.apply(
                List.of(
                        "--signet.database.url=" + database.url(),
                        "--signet.database.username=" + database.username(),
                        "--signet.database.migrations=await",
                        "--signet.trust-domain=of.no.concern"));
        assertThat(history()).isGreaterThan(17);
    }

    private int history() {
        return database.ownerJdbcClient()
                .sql("SELECT count(*) FROM signet.flyway_schema_history WHERE success")
                .query(Integer.class)
                .single();
    }

    private int ownedByTheServersLogin() {
        return database.ownerJdbcClient()
                .sql("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = 'awaiting'")
                .query(Integer.class)
                .single();
    }
}
