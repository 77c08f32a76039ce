package dev.signet.ca.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.TestDatabase;
import dev.signet.ca.authority.Authorities.Selection;
import dev.signet.ca.identity.TrustDomain;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.sql.DataSource;

class PolledAuthoritiesIT {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final TrustDomain DOMAIN = new TrustDomain("example.org");

    private static AuthoritySettings settings(int keyOctet, KeyType root, KeyType issuing) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) keyOctet);
        return new AuthoritySettings(
                root,
                issuing,
                null,
                null,
                null,
                null,
                null,
                new KeyEncryptionKeySettings(null, null, Base64.getEncoder().encodeToString(key)),
                null,
                null,
                null);
    }

    private static PolledAuthorities authorities(
            TestDatabase database, AuthoritySettings settings, TrustDomain domain) {
        KeyEncryptionKeys key =
                KeyEncryptionKeys.from(settings, _ -> null, TestCertificates.CRYPTO.secureRandom());
        AuthorityKeys keys = new SoftwareKeys(TestCertificates.CRYPTO, key);
        AuthorityFactory factory =
                new AuthorityFactory(TestCertificates.CRYPTO, keys, CrlAddresses.NONE);
        DataSource dataSource = database.dataSource();
        return new PolledAuthorities(
                new JdbcAuthorityStore(
                        JdbcClient.create(dataSource),
                        new TransactionTemplate(new JdbcTransactionManager(dataSource))),
                factory,
                new AuthorityLoader(TestCertificates.CRYPTO, keys, settings, domain),
                settings,
                domain,
                InstantSource.fixed(NOW),
                Executors.newSingleThreadScheduledExecutor());
    }

    private static PolledAuthorities started(TestDatabase database, int keyOctet) {
        PolledAuthorities authorities =
                authorities(database, settings(keyOctet, null, null), DOMAIN);
        authorities.start();
        return authorities;
    }

    private static IssuingAuthority usable(Authorities authorities, Instant now) {
        return switch (authorities.active(now)) {
            case Selection.Usable(IssuingAuthority authority) -> authority;
            case Selection.NotUsable(var refusal) -> throw new AssertionError(refusal);
        };
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void aRestartedServerSignsWithTheSameAuthority(KeyType type) {
        try (TestDatabase database = TestDatabase.create();
                PolledAuthorities first = authorities(database, settings(1, type, type), DOMAIN);
                PolledAuthorities second = authorities(database, settings(1, null, null), DOMAIN)) {
            first.start();
            second.start();
            IssuingAuthority authority = usable(first, NOW);
            assertThat(usable(second, NOW).id()).isEqualTo(authority.id());
            assertThat(authority.issuer().algorithm()).isEqualTo(type.algorithm());
            assertThat(second.trustAnchors().certificates())
                    .containsExactlyElementsOf(first.trustAnchors().certificates());
            assertThat(second.expiry()).isEqualTo(first.expiry());
        }
    }

    @Test
    void R2_replicasThatStartAtOnceEndWithOneAuthority() throws Exception {
        int replicas = 8;
        try (TestDatabase database = TestDatabase.create();
                ExecutorService executor = Executors.newFixedThreadPool(replicas)) {
            CyclicBarrier together = new CyclicBarrier(replicas);
            List<Callable<String>> starts = new ArrayList<>();
            for (int i = 0; i < replicas; i++) {
                starts.add(() -> {
                    together.await();
                    try (PolledAuthorities authorities = started(database, 1)) {
                        return usable(authorities, NOW).id();
                    }
                });
            }
            List<String> ids = new ArrayList<>();
            for (Future<String> start : executor.invokeAll(starts)) {
                ids.add(start.get());
            }
            assertThat(ids).hasSize(replicas).containsOnly(ids.getFirst());
            assertThat(count(database, "authority.authority")).isEqualTo(2);
            assertThat(count(database, "authority.private_key")).isEqualTo(2);
            assertThat(count(database, "authority.state_change")).isEqualTo(2);
        }
    }

    private static int count(TestDatabase database, String table) {
        return database.ownerJdbcClient()
                .sql("SELECT count(*) FROM " + table)
                .query(Integer.class)
                .single();
    }

    @Test
    void refusesToStartWithAnotherKeyEncryptionKeyAndSaysSo() {
        try (TestDatabase database = TestDatabase.create()) {
            started(database, 1).close();
            PolledAuthorities other = authorities(database, settings(2, null, null), DOMAIN);
            assertThatThrownBy(other::start)
                    .isInstanceOf(WrongKeyEncryptionKeyException.class)
                    .hasMessageContaining("does not open the private key")
                    .hasMessageContaining("signet.authority.key-encryption-key")
                    .hasMessageNotContaining("AgICAg");
            assertThat(count(database, "authority.authority")).isEqualTo(2);
            other.close();
        }
    }

    @Test
    void refusesToStartForAnotherTrustDomain() {
        try (TestDatabase database = TestDatabase.create()) {
            started(database, 1).close();
            PolledAuthorities other =
                    authorities(
                            database, settings(1, null, null), new TrustDomain("other.example"));
            assertThatThrownBy(other::start)
                    .isInstanceOf(WrongTrustDomainException.class)
                    .hasMessageContaining("example.org")
                    .hasMessageContaining("other.example");
            other.close();
        }
    }

    @Test
    void refusesToStartWithAWrappedKeyOfAnotherAuthority() {
        try (TestDatabase database = TestDatabase.create()) {
            started(database, 1).close();
            database.ownerJdbcClient()
                    .sql(
                            """
                            UPDATE authority.private_key k SET wrapped_key = o.wrapped_key
                            FROM authority.private_key o JOIN authority.authority a
                                ON a.id = o.authority_id AND a.role = 'root'
                            WHERE k.authority_id <> o.authority_id
                            """)
                    .update();
            PolledAuthorities again = authorities(database, settings(1, null, null), DOMAIN);
            assertThatThrownBy(again::start).hasMessageContaining("belongs to another authority");
            again.close();
        }
    }

    @Test
    void R20_keepsNoPrivateKeyInTheClear() {
        try (TestDatabase database = TestDatabase.create();
                PolledAuthorities _ = started(database, 7)) {
            List<byte[]> wrapped =
                    database.ownerJdbcClient()
                            .sql("SELECT wrapped_key FROM authority.private_key")
                            .query((row, _) -> row.getBytes(1))
                            .list();
            assertThat(wrapped).hasSize(2);
            for (byte[] key : wrapped) {
                String hex = HexFormat.of().formatHex(key);
                // id-ecPublicKey, which each PKCS#8 EC key begins with; and the key's own octets.
                assertThat(hex).doesNotContain("2a8648ce3d0201").doesNotContain("0707070707");
            }
        }
    }

    @Test
    void noticesWhatAnotherReplicaChanged() {
        try (TestDatabase database = TestDatabase.create();
                PolledAuthorities authorities = started(database, 1)) {
            IssuingAuthority before = usable(authorities, NOW);
            authorities.refresh();
            assertThat(usable(authorities, NOW)).isSameAs(before);
            JdbcClient server = database.jdbcClient();
            server.sql(
                            "INSERT INTO authority.state_change (authority_id, state, reason)"
                                    + " VALUES (:id, 'retired', 'test')")
                    .param("id", before.id())
                    .update();
            long generation = authorities.trustAnchors().generation();

            authorities.refresh();

            assertThat(authorities.active(NOW)).isInstanceOf(Selection.NotUsable.class);
            assertThat(authorities.chain(before.id())).isPresent();
            assertThat(authorities.trustAnchors().generation()).isGreaterThan(generation);
        }
    }

    @Test
    void keepsTheLastAuthoritiesWhileTheDatabaseIsAway() {
        TestDatabase database = TestDatabase.create();
        try (PolledAuthorities authorities = started(database, 1)) {
            database.close();
            authorities.refresh();
            usable(authorities, NOW);
        }
    }

    @Test
    void theServerCanNeitherChangeNorRemoveAnAuthority() {
        try (TestDatabase database = TestDatabase.create();
                PolledAuthorities _ = started(database, 1)) {
            JdbcClient server = database.jdbcClient();
            for (String table :
                    List.of(
                            "authority.authority",
                            "authority.state_change",
                            "authority.private_key",
                            "trust.bundle")) {
                assertThatThrownBy(() -> server.sql("DELETE FROM " + table).update())
                        .as(table)
                        .isInstanceOf(DataAccessException.class)
                        .rootCause()
                        .hasMessageContaining("permission denied");
                assertThatThrownBy(() -> server.sql("TRUNCATE " + table).update())
                        .as(table)
                        .isInstanceOf(DataAccessException.class);
            }
            assertThatThrownBy(() ->
                            server.sql("UPDATE authority.state_change SET state = 'active'")
                                    .update())
                    .rootCause()
                    .hasMessageContaining("permission denied");
        }
    }

    @Test
    void R17_givesNoIssuerOutsideItsValidityOrAboutToEnd() {
        try (TestDatabase database = TestDatabase.create();
                PolledAuthorities authorities = started(database, 1)) {
            Instant end = authorities.expiry().orElseThrow();
            assertThat(end).isEqualTo(NOW.plus(Duration.ofDays(365)).minusSeconds(1));
            usable(authorities, end.minusSeconds(60));
            for (Instant instant :
                    List.of(
                            end.minusSeconds(59),
                            end,
                            end.plusSeconds(1),
                            end.plusSeconds(10_000_000),
                            NOW.minus(Duration.ofMinutes(5)).minusSeconds(1))) {
                assertThat(authorities.active(instant))
                        .as("%s", instant)
                        .isInstanceOfSatisfying(
                                Selection.NotUsable.class,
                                none ->
                                        assertThat(none.refusal().code().name())
                                                .isEqualTo("AUTHORITY_NOT_USABLE"));
            }
        }
    }
}
