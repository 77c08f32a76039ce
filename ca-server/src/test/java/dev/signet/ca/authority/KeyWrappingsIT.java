package dev.signet.ca.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.TestDatabase;
import dev.signet.ca.authority.Authorities.Selection;
import dev.signet.ca.authority.KeyWrappings.Kept;
import dev.signet.ca.authority.KeyWrappings.Rewrapping;
import dev.signet.ca.identity.TrustDomain;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.sql.DataSource;

/// From one key-encryption key to the next, with replicas that have only the old one.
class KeyWrappingsIT {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final TrustDomain DOMAIN = new TrustDomain("example.org");
    private static final int OLD = 1;
    private static final int NEW = 2;

    private TestDatabase database;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void create() {
        database = TestDatabase.create();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        database.close();
    }

    private record Replica(PolledAuthorities authorities, StoredKeyWrappings wrappings) {

        /// What it signs with, read from the database just before.
        void signs() {
            switch (authorities.active(NOW)) {
                case Selection.Usable(IssuingAuthority _) ->
                        authorities
                                .statusAuthorities()
                                .getFirst()
                                .signCertificateList(new byte[10]);
                case Selection.NotUsable(var refusal) -> throw new AssertionError(refusal);
            }
        }
    }

    private static KeyEncryptionKeySettings key(int octet) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) octet);
        return new KeyEncryptionKeySettings(null, null, Base64.getEncoder().encodeToString(key));
    }

    private Replica replica(String name, int current, int... further) {
        AuthoritySettings settings =
                new AuthoritySettings(
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        key(current),
                        Arrays.stream(further).mapToObj(KeyWrappingsIT::key).toList(),
                        null,
                        null);
        KeyEncryptionKeys held =
                KeyEncryptionKeys.from(settings, _ -> null, TestCertificates.CRYPTO.secureRandom());
        AuthorityKeys keys =
                new PlacedKeys(
                        KeyPlace.SOFTWARE, new SoftwareKeys(TestCertificates.CRYPTO, held), null);
        DataSource dataSource = database.dataSource();
        TransactionTemplate transactions =
                new TransactionTemplate(new JdbcTransactionManager(dataSource));
        JdbcClient jdbc = JdbcClient.create(dataSource);
        PolledAuthorities authorities =
                new PolledAuthorities(
                        new JdbcAuthorityStore(jdbc, transactions),
                        new AuthorityFactory(TestCertificates.CRYPTO, keys, CrlAddresses.NONE),
                        new AuthorityLoader(TestCertificates.CRYPTO, keys, settings, DOMAIN),
                        settings,
                        DOMAIN,
                        InstantSource.fixed(NOW),
                        Executors.newSingleThreadScheduledExecutor());
        open.add(authorities);
        StoredKeyWrappings wrappings =
                new StoredKeyWrappings(
                        new JdbcKeyStore(jdbc),
                        transactions,
                        held,
                        keys,
                        TestCertificates.CRYPTO,
                        name);
        authorities.start();
        wrappings.tellHolding();
        return new Replica(authorities, wrappings);
    }

    private static String check(int octet) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) octet);
        return HexFormat.of()
                .formatHex(
                        new KeyEncryptionKey(key, TestCertificates.CRYPTO.secureRandom()).check());
    }

    private long dropOldWrappings(int keep) {
        DataSource maintenance =
                new DelegatingDataSource(database.ownerDataSource()) {
                    @Override
                    public Connection getConnection() throws SQLException {
                        Connection connection = super.getConnection();
                        try (var statement = connection.createStatement()) {
                            statement.execute("SET ROLE signet_maintenance");
                        }
                        return connection;
                    }
                };
        return JdbcClient.create(maintenance)
                .sql("SELECT authority.drop_old_wrappings(:keep)")
                .param("keep", HexFormat.of().parseHex(check(keep)))
                .query(Long.class)
                .single();
    }

    private List<String> checks() {
        return database.ownerJdbcClient()
                .sql(
                        "SELECT encode(key_check, 'hex') FROM authority.private_key ORDER BY"
                                + " wrapped_at")
                .query(String.class)
                .list();
    }

    private void anHourPassesFor(String replica) {
        database.ownerJdbcClient()
                .sql(
                        "UPDATE authority.key_holding SET seen_at = seen_at - interval '61 minutes'"
                                + " WHERE replica = :replica")
                .param("replica", replica)
                .update();
    }

    @Test
    void theWholeRollOutLeavesNoReplicaThatCannotOpen() {
        Replica a = replica("a", OLD);
        a.signs();
        // 1. The new key as a further one, replica by replica.
        Replica b = replica("b", OLD, NEW);
        b.signs();
        // 2. The new key as the current one.
        Replica c = replica("c", NEW, OLD);
        c.signs();
        assertThat(c.wrappings().kept())
                .hasSize(2)
                .allMatch(Kept::opensHere)
                .allMatch(kept -> check(OLD).equals(kept.keyCheck()))
                .allMatch(kept -> kept.provenAt() == null);
        // 3. Wrapped anew.
        assertThat(c.wrappings().rewrap())
                .isInstanceOfSatisfying(
                        Rewrapping.Done.class,
                        done -> {
                            assertThat(done.rewrapped()).hasSize(2);
                            assertThat(done.unchanged()).isZero();
                        });
        assertThat(checks()).containsExactly(check(OLD), check(OLD), check(NEW), check(NEW));
        // Whoever has one of the two starts and signs.
        replica("d", OLD).signs();
        replica("e", NEW).signs();
        // 4. The old wrappings stay as long as somebody needs them.
        assertThatThrownBy(() -> dropOldWrappings(NEW))
                .rootCause()
                .hasMessageContaining("wraps with another key-encryption key")
                .hasMessageContaining("nothing was removed");
        for (String old : List.of("a", "b", "d")) {
            anHourPassesFor(old);
        }
        assertThat(dropOldWrappings(NEW)).isEqualTo(2);
        assertThat(checks()).containsExactly(check(NEW), check(NEW));
        assertThat(dropOldWrappings(NEW)).isZero();
        // 5. Without the old key.
        replica("f", NEW).signs();
        a.signs(); // it has its key in memory
        assertThatThrownBy(() -> replica("g", OLD))
                .isInstanceOf(WrongKeyEncryptionKeyException.class);
    }

    @Test
    void doingItAgainDoesNothingMoreAndTwoAtOnceAgree() throws Exception {
        replica("a", OLD);
        int replicas = 4;
        CyclicBarrier together = new CyclicBarrier(replicas);
        try (ExecutorService executor = Executors.newFixedThreadPool(replicas)) {
            List<Future<Rewrapping>> results = new ArrayList<>();
            for (int i = 0; i < replicas; i++) {
                Replica replica = replica("r" + i, NEW, OLD);
                results.add(
                        executor.submit(() -> {
                            together.await();
                            return replica.wrappings().rewrap();
                        }));
            }
            for (Future<Rewrapping> result : results) {
                assertThat(result.get()).isInstanceOf(Rewrapping.Done.class);
            }
        }
        assertThat(checks()).hasSize(4);
        assertThat(replica("z", NEW).wrappings().rewrap())
                .isEqualTo(new Rewrapping.Done(List.of(), 2));
        assertThat(checks()).hasSize(4);
    }

    @Test
    void refusesWholeWhenTheOldKeyIsNotThere() {
        replica("a", OLD);
        Replica b = replica("b", OLD, NEW);
        database.ownerJdbcClient()
                .sql("UPDATE authority.private_key SET key_check = '\\x" + "00".repeat(16) + "'")
                .update();
        assertThat(b.wrappings().rewrap())
                .isInstanceOfSatisfying(
                        Rewrapping.Refused.class,
                        refused -> {
                            assertThat(refused.refusal().code().name()).isEqualTo("CONFLICT");
                            assertThat(refused.refusal().message()).contains("00".repeat(16));
                        });
        assertThat(checks()).hasSize(2);
    }

    @Test
    void aDamagedKeyLeavesNothingHalfDone() {
        Replica c = replica("a", OLD);
        Replica both = replica("b", NEW, OLD);
        c.signs();
        database.ownerJdbcClient()
                .sql(
                        """
                        UPDATE authority.private_key k
                        SET wrapped_key = set_byte(wrapped_key, 20, get_byte(wrapped_key, 20) # 1)
                        FROM authority.authority a WHERE a.id = k.authority_id AND a.role = 'root'
                        """)
                .update();
        assertThatThrownBy(() -> both.wrappings().rewrap())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was changed after it was stored");
        assertThat(checks()).containsExactly(check(OLD), check(OLD));
        assertThatThrownBy(() -> dropOldWrappings(NEW))
                .rootCause()
                .hasMessageContaining("is not proven to open");
        assertThat(checks()).hasSize(2);
    }

    @Test
    void aWrappingThatNobodyProvedProtectsTheOldOne() {
        Replica a = replica("a", NEW, OLD);
        assertThat(checks()).hasSize(2);
        assertThatThrownBy(() -> dropOldWrappings(NEW)).rootCause().hasMessageContaining("proven");
        a.wrappings().rewrap();
        assertThat(a.wrappings().kept()).allMatch(kept -> kept.provenAt() != null);
        assertThat(dropOldWrappings(NEW)).isZero();
    }

    @Test
    void theServerCanNeitherRemoveAWrappingNorAProof() {
        replica("a", OLD);
        JdbcClient server = database.jdbcClient();
        for (String statement :
                List.of(
                        "SELECT authority.drop_old_wrappings('\\x00')",
                        "DELETE FROM authority.private_key",
                        "DELETE FROM authority.token_key",
                        "DELETE FROM authority.key_opening",
                        "UPDATE authority.key_holding SET seen_at = now()")) {
            assertThatThrownBy(
                            () -> {
                                if (statement.startsWith("SELECT")) {
                                    server.sql(statement).query(Long.class).single();
                                } else {
                                    server.sql(statement).update();
                                }
                            })
                    .as(statement)
                    .rootCause()
                    .hasMessageContaining("permission denied");
        }
    }

    @Test
    void aKeyIsInOnePlaceOnly() {
        replica("a", OLD);
        assertThatThrownBy(() ->
                        database.jdbcClient()
                                .sql(
                                        "INSERT INTO authority.token_key (authority_id, reference)"
                                                + " SELECT id, 'pkcs11:token=a;id=%01;type=private'"
                                                + " FROM authority.authority")
                                .update())
                .rootCause()
                .hasMessageContaining("kept elsewhere already");
    }
}
