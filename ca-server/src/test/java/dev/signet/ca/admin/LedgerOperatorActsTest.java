package dev.signet.ca.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.signet.ca.admin.OperatorActs.ListOutcome;
import dev.signet.ca.admin.OperatorActs.Query;
import dev.signet.ca.admin.OperatorActs.TokenOutcome;
import dev.signet.ca.attestation.CreatedJoinToken;
import dev.signet.ca.attestation.JoinTokens;
import dev.signet.ca.audit.AuditEvent;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.ledger.JoinTokenHash;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.privilege.Principal;
import dev.signet.ca.privilege.Privileges;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.transaction.support.TransactionOperations;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

class LedgerOperatorActsTest {

    private final FakeJoinTokens joinTokens = new FakeJoinTokens();
    private final FakeRecords records = new FakeRecords();
    private final List<AuditEvent> events = new ArrayList<>();
    private final LedgerOperatorActs acts =
            new LedgerOperatorActs(
                    new JdbcAuditedActs(
                            TransactionOperations.withoutTransaction(),
                            TransactionOperations.withoutTransaction(),
                            events::add),
                    new JoinTokenActs(
                            new TrustDomain("example.org"),
                            Privileges.builtIn(new TrustDomain("example.org")),
                            joinTokens,
                            new Origins(
                                    records, joinTokens, Duration.ZERO, InstantSource.system())),
                    records);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "orders",
                "spiffe://example.org",
                "spiffe://example.org/",
                "spiffe://example.org/*/x",
                "spiffe://example.com/orders",
                "spiffe://example.org/signet/server",
                "spiffe://example.org/signet/*",
                "SPIFFE://EXAMPLE.ORG/signet/server"
            })
    void refusesTokensForOtherIdsThanWorkloadsOfItsTrustDomain(String pattern) {
        Refusal refusal = refused(acts.createJoinToken(pattern, null, "operator"));

        assertThat(refusal.code()).isEqualTo(RefusalCode.INVALID_ARGUMENT);
        assertThat(refusal.metadata()).containsEntry("field", "spiffe_id_pattern");
        assertThat(joinTokens.made).isEmpty();
    }

    @Test
    void refusesTimesToLiveOutOfBounds() {
        for (Duration life :
                List.of(
                        Duration.ZERO,
                        Duration.ofSeconds(-1),
                        Duration.ofMillis(1_500),
                        Duration.ofHours(24).plusSeconds(1))) {
            assertThat(refused(acts.createJoinToken("spiffe://example.org/a", life, "o")).code())
                    .isEqualTo(RefusalCode.INVALID_ARGUMENT);
        }
    }

    @Test
    void aTokenLivesTenMinutesUnlessToldOtherwise() {
        acts.createJoinToken("spiffe://example.org/a", null, "o");
        acts.createJoinToken("spiffe://example.org/a/*", Duration.ofHours(24), "o");

        assertThat(joinTokens.made)
                .containsExactly(
                        "spiffe://example.org/a PT10M credential o",
                        "spiffe://example.org/a/* PT24H credential o");
    }

    @Test
    void theTrailHasWhatWasMadeAndWhatWasRefusedAndNoSecret() {
        acts.createJoinToken("spiffe://example.org/a", null, "o");
        acts.createJoinToken("spiffe://example.org/signet/server", null, "o");

        assertThat(events)
                .extracting(AuditEvent::act, AuditEvent::target, AuditEvent::refusal)
                .containsExactly(
                        tuple("token.create", "spiffe://example.org/a", null),
                        tuple(
                                "token.create",
                                "spiffe://example.org/signet/server",
                                RefusalCode.INVALID_ARGUMENT));
        assertThat(events.toString()).contains("tokenIds").doesNotContain("secret");
    }

    @Test
    void saysWhenTheDatabaseIsAway() {
        joinTokens.away = true;
        records.away = true;

        assertThat(refused(acts.createJoinToken("spiffe://example.org/a", null, "o")).code())
                .isEqualTo(RefusalCode.LEDGER_UNAVAILABLE);
        assertThat(acts.listCertificates(query(0, null)))
                .isInstanceOfSatisfying(
                        ListOutcome.Refused.class,
                        refused ->
                                assertThat(refused.refusal().code())
                                        .isEqualTo(RefusalCode.LEDGER_UNAVAILABLE));
    }

    @Test
    void boundsThePage() {
        acts.listCertificates(query(0, ""));
        acts.listCertificates(query(1_000, "t"));

        assertThat(records.asked).containsExactly("100 null", "1000 t");
        for (int size : List.of(-1, 1_001)) {
            assertThat(acts.listCertificates(query(size, null)))
                    .isInstanceOf(ListOutcome.Refused.class);
        }
        assertThat(acts.listCertificates(query(10, "garbage")))
                .isInstanceOfSatisfying(
                        ListOutcome.Refused.class,
                        refused ->
                                assertThat(refused.refusal().metadata())
                                        .containsEntry("field", "page_token"));
    }

    private static Query query(int pageSize, String pageToken) {
        return new Query("", null, null, null, pageSize, pageToken);
    }

    private static Refusal refused(TokenOutcome outcome) {
        assertThat(outcome).isInstanceOf(TokenOutcome.Refused.class);
        return ((TokenOutcome.Refused) outcome).refusal();
    }

    private static final class FakeJoinTokens implements JoinTokens {
        final List<String> made = new ArrayList<>();
        boolean away;

        @Override
        public List<CreatedJoinToken> createMany(
                SpiffeIdPattern pattern, Duration timeToLive, Principal creator, int count) {
            if (away) {
                throw new LedgerUnavailableException("away", new IllegalStateException());
            }
            made.add(pattern + " " + timeToLive + " " + creator.kind() + " " + creator.subject());
            return List.of(dev.signet.ca.attestation.TestAttestation.created());
        }

        @Override
        public Optional<Terms> find(JoinTokenHash hash) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<JoinTokenRecord> find(String tokenId) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<JoinTokenRecord> usedFor(SpiffeId id) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Page list(State state, int limit, String pageToken) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Revocation revoke(String tokenId, String revokedBy, String reason) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class FakeRecords implements CertificateRecords {
        final List<String> asked = new ArrayList<>();
        boolean away;

        @Override
        public Optional<CertificateRecord> bySerialNumber(SerialNumber serialNumber) {
            return Optional.empty();
        }

        @Override
        public Page search(Criteria criteria, int limit, String pageToken) {
            if (away) {
                throw new LedgerUnavailableException("away", new IllegalStateException());
            }
            if ("garbage".equals(pageToken)) {
                throw new IllegalArgumentException("garbage");
            }
            asked.add(limit + " " + pageToken);
            assertThat(criteria.spiffeIdPrefix()).isNull();
            return new Page(List.of(), null);
        }

        @Override
        public void stream(
                Criteria criteria, java.util.function.Consumer<CertificateRecord> consumer) {
            throw new UnsupportedOperationException();
        }
    }
}
