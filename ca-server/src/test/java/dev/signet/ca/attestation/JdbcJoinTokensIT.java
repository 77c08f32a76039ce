package dev.signet.ca.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.ledger.JoinTokenHash;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.privilege.Principal;
import dev.signet.ca.privilege.Role;
import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.sql.DataSource;

class JdbcJoinTokensIT {

    private static final Principal OPERATOR = new Principal("oidc", "olga", Set.of(Role.OPERATOR));

    @RegisterExtension static final TestDatabase DATABASE = TestDatabase.create();

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00.123456789Z");
    private static final SpiffeIdPattern PATTERN =
            SpiffeIdPattern.parse("spiffe://example.org/web/*").orElseThrow();

    private Instant now = NOW;
    private final JoinTokens joinTokens =
            TestAttestation.joinTokens(DATABASE.dataSource(), () -> now);

    @Test
    void findsWhatATokenIsGoodFor() {
        CreatedJoinToken token = joinTokens.create(PATTERN, Duration.ofMinutes(10), OPERATOR);
        JoinTokenHash hash = JoinTokenSecret.hash(token.secret()).orElseThrow();

        assertThat(token.secret()).startsWith("signet_join_").hasSize(61).isPrintable();
        assertThat(hash.tokenId()).isEqualTo(token.tokenId());
        assertThat(joinTokens.find(hash))
                .hasValueSatisfying(terms -> {
                    assertThat(terms.pattern()).hasToString(PATTERN.toString());
                    assertThat(terms.expiresAt()).isEqualTo(token.expiresAt());
                });
        assertThat(joinTokens.find(new JoinTokenHash(new byte[32]))).isEmpty();
    }

    @Test
    void tokensAreNeverTheSame() {
        Set<String> secrets = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            assertThat(
                            secrets.add(
                                    joinTokens
                                            .create(PATTERN, Duration.ofHours(24), OPERATOR)
                                            .secret()))
                    .isTrue();
        }
    }

    @Test
    void makesManyAtOnce() {
        List<CreatedJoinToken> tokens =
                joinTokens.createMany(PATTERN, Duration.ofMinutes(10), OPERATOR, 1_000);

        assertThat(tokens.stream().map(CreatedJoinToken::secret).distinct()).hasSize(1_000);
        assertThat(tokens)
                .allSatisfy(token ->
                        assertThat(joinTokens.find(hash(token)))
                                .hasValueSatisfying(terms ->
                                        assertThat(terms.expiresAt())
                                                .isEqualTo(token.expiresAt())));
        for (int count : new int[] {0, -1, 1_001}) {
            assertThatThrownBy(() ->
                            joinTokens.createMany(PATTERN, Duration.ofMinutes(1), OPERATOR, count))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1 to 1000");
        }
    }

    @Test
    void listsEachTokenOnceNewestFirstAPageAtATime() {
        // A day later than all other tests: what they make has ended then.
        now = NOW.plus(Duration.ofDays(2));
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            now = now.plusMillis(i / 3); // some of one moment
            made.add(joinTokens.create(PATTERN, Duration.ofHours(1), OPERATOR).tokenId());
        }
        List<JoinTokens.JoinTokenRecord> seen = new ArrayList<>();
        String pageToken = null;
        do {
            JoinTokens.Page page = joinTokens.list(JoinTokens.State.USABLE, 2, pageToken);
            assertThat(page.tokens()).hasSizeLessThanOrEqualTo(2).isNotEmpty();
            seen.addAll(page.tokens());
            pageToken = page.nextPageToken();
        } while (pageToken != null);

        assertThat(seen.stream().map(JoinTokens.JoinTokenRecord::tokenId))
                .containsExactlyInAnyOrderElementsOf(made);
        assertThat(seen.stream().map(JoinTokens.JoinTokenRecord::createdAt))
                .isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(seen)
                .allSatisfy(record -> {
                    assertThat(record.state()).isEqualTo(JoinTokens.State.USABLE);
                    assertThat(record.createdBy()).isEqualTo("oidc olga");
                    assertThat(record.pattern()).hasToString(PATTERN.toString());
                });
        for (String garbage :
                List.of("", "x", "!!", "AAAA", "A".repeat(54), "_".repeat(54), "A".repeat(5000))) {
            if (!garbage.equals("A".repeat(54))) {
                assertThatThrownBy(() -> joinTokens.list(null, 10, garbage))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("page token");
            }
        }
        for (int limit : new int[] {0, 1_001}) {
            assertThatThrownBy(() -> joinTokens.list(null, limit, null))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void tellsWhatBecameOfAToken() {
        now = NOW.plus(Duration.ofDays(10));
        CreatedJoinToken usable = joinTokens.create(PATTERN, Duration.ofHours(2), OPERATOR);
        CreatedJoinToken expired = joinTokens.create(PATTERN, Duration.ofMinutes(1), OPERATOR);
        CreatedJoinToken revoked = joinTokens.create(PATTERN, Duration.ofHours(2), OPERATOR);
        CreatedJoinToken used = joinTokens.create(PATTERN, Duration.ofHours(2), OPERATOR);
        DATABASE.jdbcClient()
                .sql(
                        "INSERT INTO ledger.join_token_redemption (token_hash, serial)"
                                + " VALUES (:hash, decode(repeat('41', 20), 'hex'))")
                .param("hash", hash(used).octets())
                .update();
        assertThat(joinTokens.revoke(revoked.tokenId(), "alice", "lost"))
                .isEqualTo(new JoinTokens.Revocation.Revoked());
        now = now.plus(Duration.ofHours(1));

        for (var expected :
                Map.of(
                                usable, JoinTokens.State.USABLE,
                                expired, JoinTokens.State.EXPIRED,
                                revoked, JoinTokens.State.REVOKED,
                                used, JoinTokens.State.USED)
                        .entrySet()) {
            String id = expected.getKey().tokenId();
            assertThat(joinTokens.find(id))
                    .hasValueSatisfying(record -> {
                        assertThat(record.state()).isEqualTo(expected.getValue());
                        assertThat(record.toString())
                                .doesNotContain(expected.getKey().secret().substring(12, 40));
                    });
            for (JoinTokens.State state : JoinTokens.State.values()) {
                assertThat(joinTokens.list(state, 1_000, null).tokens())
                        .filteredOn(record -> record.tokenId().equals(id))
                        .as("%s in the list of %s", expected.getValue(), state)
                        .hasSize(state == expected.getValue() ? 1 : 0);
            }
        }
        assertThat(joinTokens.find(revoked.tokenId()))
                .hasValueSatisfying(record -> {
                    assertThat(record.revokedBy()).isEqualTo("alice");
                    assertThat(record.revocationReason()).isEqualTo("lost");
                    assertThat(record.revokedAt()).isNotNull();
                    assertThat(record.serialNumber()).isNull();
                });
        assertThat(joinTokens.find(used.tokenId()))
                .hasValueSatisfying(record -> {
                    assertThat(record.serialNumber()).hasToString("41".repeat(20));
                    assertThat(record.usedAt()).isNotNull();
                });
        assertThat(joinTokens.revoke(revoked.tokenId(), "bob", "again"))
                .isEqualTo(new JoinTokens.Revocation.AlreadyRevoked());
        assertThat(joinTokens.revoke(used.tokenId(), "bob", "late"))
                .isInstanceOfSatisfying(
                        JoinTokens.Revocation.AlreadyUsed.class,
                        already -> assertThat(already.serialNumber()).hasToString("41".repeat(20)));
        for (String id : List.of("0123456789abcdef", "", "x", "0123456789ABCDEF", "%".repeat(16))) {
            assertThat(joinTokens.revoke(id, "bob", "none"))
                    .isEqualTo(new JoinTokens.Revocation.NotFound());
            assertThat(joinTokens.find(id)).isEmpty();
        }
        assertThat(new JoinTokenAttestor(joinTokens).attest(revoked.secret(), now))
                .isInstanceOfSatisfying(
                        Attestation.Outcome.Refused.class,
                        refused -> {
                            assertThat(refused.refusal().code())
                                    .isEqualTo(RefusalCode.UNAUTHENTICATED);
                            assertThat(refused.refusal().diagnosis())
                                    .contains("was revoked at", revoked.tokenId());
                        });
    }

    @Test
    void aRevocationIsUndoneWithTheTransactionThatItJoined() {
        CreatedJoinToken token = joinTokens.create(PATTERN, Duration.ofMinutes(10), OPERATOR);
        DataSource dataSource = DATABASE.dataSource();
        JoinTokens joined = TestAttestation.joinTokens(dataSource, () -> now);
        new TransactionTemplate(new JdbcTransactionManager(dataSource))
                .executeWithoutResult(transaction -> {
                    assertThat(joined.revoke(token.tokenId(), "operator", "mistake"))
                            .isEqualTo(new JoinTokens.Revocation.Revoked());
                    transaction.setRollbackOnly();
                });

        assertThat(joinTokens.find(token.tokenId()))
                .hasValueSatisfying(
                        record -> assertThat(record.state()).isEqualTo(JoinTokens.State.USABLE));
    }

    private static JoinTokenHash hash(CreatedJoinToken token) {
        return JoinTokenSecret.hash(token.secret()).orElseThrow();
    }

    @Test
    void refusesTimesOutOfBounds() {
        for (Duration life :
                new Duration[] {
                    Duration.ZERO, Duration.ofMillis(999), Duration.ofHours(24).plusNanos(1)
                }) {
            assertThatThrownBy(() -> joinTokens.create(PATTERN, life, OPERATOR))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theServersRoleCannotChangeOrRemoveATokenAndSeesNoSecret() {
        CreatedJoinToken token = joinTokens.create(PATTERN, Duration.ofMinutes(10), OPERATOR);
        JdbcClient server = DATABASE.jdbcClient();

        assertThatThrownBy(() ->
                        server.sql(
                                        "UPDATE attestation.join_token SET expires_at ="
                                                + " expires_at + interval '1 hour'")
                                .update())
                .rootCause()
                .hasMessageContaining("permission denied");
        assertThatThrownBy(() -> server.sql("DELETE FROM attestation.join_token").update())
                .rootCause()
                .hasMessageContaining("permission denied");
        assertThat(
                        server.sql("SELECT string_agg(t::text, ' ') FROM attestation.join_token t")
                                .query(String.class)
                                .single())
                .doesNotContain(token.secret());
        assertThat(token.toString()).doesNotContain(token.secret());
    }

    @Test
    void saysUnavailableWhilePostgresqlIsAway() {
        PGSimpleDataSource away = new PGSimpleDataSource();
        away.setUrl("jdbc:postgresql://localhost:1/none");
        away.setConnectTimeout(2);
        JoinTokens unreachable = TestAttestation.joinTokens(away, () -> NOW);
        String token = JoinTokenSecret.make(new SecureRandom());

        assertThatThrownBy(() -> unreachable.create(PATTERN, Duration.ofMinutes(1), OPERATOR))
                .isInstanceOf(LedgerUnavailableException.class);
        assertThatThrownBy(() -> unreachable.list(null, 10, null))
                .isInstanceOf(LedgerUnavailableException.class);
        assertThatThrownBy(() -> unreachable.find("0123456789abcdef"))
                .isInstanceOf(LedgerUnavailableException.class);
        assertThatThrownBy(() -> unreachable.revoke("0123456789abcdef", "operator", "why"))
                .isInstanceOf(LedgerUnavailableException.class);
        assertThat(new JoinTokenAttestor(unreachable).attest(token, NOW))
                .isInstanceOfSatisfying(
                        Attestation.Outcome.Refused.class,
                        refused -> {
                            assertThat(refused.refusal().code())
                                    .isEqualTo(RefusalCode.ATTESTATION_UNAVAILABLE);
                            assertThat(refused.refusal().retryAfter()).isPositive();
                        });
    }
}
