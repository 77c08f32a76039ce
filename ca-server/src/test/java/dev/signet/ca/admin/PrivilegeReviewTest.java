package dev.signet.ca.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.attestation.CreatedJoinToken;
import dev.signet.ca.attestation.JoinTokens;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.ledger.JoinTokenHash;
import dev.signet.ca.policy.PolicyLanguage;
import dev.signet.ca.policy.PolicySettings;
import dev.signet.ca.policy.PolicySnapshot;
import dev.signet.ca.privilege.CertificateRoles;
import dev.signet.ca.privilege.Principal;
import dev.signet.ca.privilege.Privileges;
import dev.signet.ca.privilege.Role;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// A mapping that is new to a CA which has issued before.
class PrivilegeReviewTest {

    private static final TrustDomain DOMAIN = new TrustDomain("example.org");
    static final String BOB = "spiffe://example.org/people/bob";
    static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");
    private static final Principal OPERATOR =
            new Principal("oidc", "issuer|olga", Set.of(Role.OPERATOR));
    static final Principal ADMIN = new Principal("oidc", "issuer|anna", Set.of(Role.ADMIN));

    private final Tokens tokens = new Tokens();
    private final Records records = new Records();
    private final PolicySnapshot policy =
            PolicyLanguage.of(DOMAIN, PolicySettings.defaults()).builtIn();

    private List<String> findings() {
        return new PrivilegeReview(
                        new Privileges(
                                DOMAIN, List.of(new CertificateRoles(BOB, List.of(Role.ADMIN)))),
                        records,
                        tokens,
                        new Origins(records, tokens, Duration.ZERO, () -> NOW),
                        () -> policy)
                .findings();
    }

    static JoinTokens.JoinTokenRecord token(String id, Principal creator, JoinTokens.State state) {
        return new JoinTokens.JoinTokenRecord(
                id,
                SpiffeIdPattern.parse(BOB).orElseThrow(),
                NOW,
                creator.text(),
                creator,
                NOW.plusSeconds(600),
                state,
                null,
                null,
                null,
                null,
                null);
    }

    static CertificateRecords.CertificateRecord certificate(
            SerialNumber serial, String kind, String subject, String attributes) {
        return new CertificateRecords.CertificateRecord(
                serial,
                BOB,
                "",
                "",
                NOW,
                new Validity(NOW, NOW.plusSeconds(3600)),
                kind,
                subject,
                attributes,
                "1",
                "join-token",
                "workload",
                1,
                "a",
                null,
                "replica",
                new byte[32],
                new byte[1],
                List.of());
    }

    static SerialNumber serial(int last) {
        byte[] random = new byte[SerialNumber.RANDOM_LENGTH];
        random[random.length - 1] = (byte) last;
        return SerialNumber.of(NOW.plusSeconds(3600), random);
    }

    @Test
    void nothingIsSaidWhereNobodyGotPastTheRoles() {
        tokens.all.add(token("00000000000000aa", ADMIN, JoinTokens.State.USABLE));
        records.all.add(certificate(serial(1), "join-token", "00000000000000aa", "{}"));
        assertThat(findings()).isEmpty();
    }

    @Test
    void tokensOfCreatorsWithoutTheRoleAreNamed() {
        tokens.all.add(token("00000000000000bb", OPERATOR, JoinTokens.State.USABLE));
        assertThat(findings())
                .singleElement()
                .asString()
                .contains("00000000000000bb", BOB, "oidc issuer|olga");
    }

    @Test
    void certificatesThatBeganByThemAreNamedThroughTheirRenewals() {
        tokens.all.add(token("00000000000000bb", OPERATOR, JoinTokens.State.USED));
        records.all.add(certificate(serial(1), "join-token", "00000000000000bb", "{}"));
        records.all.add(
                certificate(
                        serial(2),
                        "current-certificate",
                        BOB,
                        "{\"certificate.serial-number\":\"" + serial(1).hex() + "\"}"));
        assertThat(findings())
                .singleElement()
                .asString()
                .contains(BOB, "admin", "2 active", serial(1).hex(), serial(2).hex());
    }

    @Test
    void certificatesOfOtherEvidenceAreNamed() {
        records.all.add(certificate(serial(1), "oidc", "issuer|bob", "{}"));
        assertThat(findings()).singleElement().asString().contains(serial(1).hex());
    }

    static final class Tokens implements JoinTokens {
        final List<JoinTokenRecord> all = new ArrayList<>();

        @Override
        public List<CreatedJoinToken> createMany(
                SpiffeIdPattern pattern, Duration timeToLive, Principal creator, int count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Terms> find(JoinTokenHash hash) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<JoinTokenRecord> find(String tokenId) {
            return all.stream().filter(token -> token.tokenId().equals(tokenId)).findFirst();
        }

        @Override
        public List<JoinTokenRecord> usedFor(SpiffeId id) {
            return List.of();
        }

        @Override
        public Page list(State state, int limit, String pageToken) {
            return new Page(all.stream().filter(token -> token.state() == state).toList(), null);
        }

        @Override
        public Revocation revoke(String tokenId, String revokedBy, String reason) {
            throw new UnsupportedOperationException();
        }
    }

    static final class Records implements CertificateRecords {
        final List<CertificateRecord> all = new ArrayList<>();

        @Override
        public Optional<CertificateRecord> bySerialNumber(SerialNumber serialNumber) {
            return all.stream()
                    .filter(record -> record.serialNumber().equals(serialNumber))
                    .findFirst();
        }

        @Override
        public Page search(Criteria criteria, int limit, String pageToken) {
            String prefix = criteria.spiffeIdPrefix();
            assertThat(criteria.state()).isEqualTo(State.VALID);
            return new Page(
                    all.stream().filter(record -> record.spiffeId().startsWith(prefix)).toList(),
                    null);
        }

        @Override
        public void stream(Criteria criteria, Consumer<CertificateRecord> consumer) {
            throw new UnsupportedOperationException();
        }
    }
}
