package dev.signet.ca.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.ledger.JoinTokenHash;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

class JdbcJoinTokensIT {

    @RegisterExtension static final TestDatabase DATABASE = TestDatabase.create();

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00.123456789Z");
    private static final SpiffeIdPattern PATTERN =
            SpiffeIdPattern.parse("spiffe://example.org/web/*").orElseThrow();

    private final JdbcJoinTokens joinTokens =
            new JdbcJoinTokens(DATABASE.jdbcClient(), new SecureRandom(), () -> NOW);

    @Test
    void findsWhatATokenIsGoodFor() {
        CreatedJoinToken token = joinTokens.create(PATTERN, Duration.ofMinutes(10), "operator");
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
            assertThat(secrets.add(joinTokens.create(PATTERN, Duration.ofHours(24), "o").secret()))
                    .isTrue();
        }
    }

    @Test
    void refusesTimesOutOfBounds() {
        for (Duration life :
                new Duration[] {
                    Duration.ZERO, Duration.ofMillis(999), Duration.ofHours(24).plusNanos(1)
                }) {
            assertThatThrownBy(() -> joinTokens.create(PATTERN, life, "operator"))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theServersRoleCannotChangeOrRemoveATokenAndSeesNoSecret() {
        CreatedJoinToken token = joinTokens.create(PATTERN, Duration.ofMinutes(10), "operator");
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
        JdbcJoinTokens unreachable =
                new JdbcJoinTokens(JdbcClient.create(away), new SecureRandom(), () -> NOW);
        String token = JoinTokenSecret.make(new SecureRandom());

        assertThatThrownBy(() -> unreachable.create(PATTERN, Duration.ofMinutes(1), "operator"))
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
