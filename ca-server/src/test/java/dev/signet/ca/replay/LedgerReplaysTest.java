package dev.signet.ca.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.policy.PolicyLanguage;
import dev.signet.ca.policy.PolicySettings;
import dev.signet.ca.policy.PolicySnapshot;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.replay.Replays.Change;
import dev.signet.ca.replay.Replays.Difference;
import dev.signet.ca.replay.Replays.Progress;
import dev.signet.ca.replay.Replays.Summary;
import dev.signet.ca.replay.Replays.Verdict;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

class LedgerReplaysTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final PolicyLanguage LANGUAGE =
            PolicyLanguage.of(new TrustDomain("example.org"), PolicySettings.defaults());
    private static final String ORDERS =
            "{\"kubernetes.namespace\":\"shop\",\"kubernetes.service-account\":\"orders\"}";

    private final List<CertificateRecords.CertificateRecord> rows = new ArrayList<>();
    private final List<Difference> differences = new ArrayList<>();
    private final List<Progress> progress = new ArrayList<>();
    private PolicySnapshot inForce = LANGUAGE.builtIn();
    private CertificateRecords.Criteria asked;

    @Test
    void theSamePolicyChangesNothing() {
        orders(Duration.ofHours(1));
        orders(Duration.ofHours(2));
        row("join-token", "/db/primary", "{}", "", Duration.ofHours(1), "workload");
        row("current-certificate", "/db/primary", "{}", "", Duration.ofHours(1), "workload");
        row(
                "server",
                "/signet/server",
                "{}",
                "DNS:localhost,IP:127.0.0.1",
                Duration.ofHours(1),
                "workload");
        row(
                "current-certificate",
                "/signet/operator/alice",
                "{}",
                "",
                Duration.ofHours(12),
                "client");

        Summary summary = replay(LANGUAGE.builtIn());

        assertThat(differences).isEmpty();
        assertThat(summary.replayed()).isEqualTo(6);
        assertThat(summary.unchanged()).isEqualTo(6);
        assertThat(summary.notReproduced()).isZero();
        assertThat(summary.unreadable()).isZero();
    }

    @Test
    void findsWhatWouldBeDeniedAndWhy() {
        orders(Duration.ofHours(1));

        Summary summary =
                replay(
                        policy(
                                """
                                - name: none-of-shop
                                  when: evidence.kind == "kubernetes" && attributes["kubernetes.namespace"] == "shop"
                                  deny: closed
                                """));

        assertThat(summary.newlyDenied()).isEqualTo(1);
        Difference difference = differences.getFirst();
        assertThat(difference.changes()).containsExactly(Change.NEWLY_DENIED);
        assertThat(difference.spiffeId()).isEqualTo("spiffe://example.org/ns/shop/sa/orders");
        assertThat(difference.inForce())
                .isInstanceOfSatisfying(
                        Verdict.Granted.class,
                        granted ->
                                assertThat(granted.rule()).isEqualTo("kubernetes-service-account"));
        assertThat(difference.candidate())
                .isInstanceOfSatisfying(
                        Verdict.Denied.class,
                        denied -> {
                            assertThat(denied.code()).isEqualTo(RefusalCode.POLICY_DENIED);
                            assertThat(denied.reason()).contains("none-of-shop").contains("closed");
                        });
    }

    @Test
    void findsWhatWouldBeAllowedThatIsDeniedToday() {
        orders(Duration.ofHours(1));
        PolicySnapshot before = inForce;
        inForce = policy("- name: nobody\n  deny: closed\n");

        Summary summary = replay(before);

        assertThat(summary.newlyAllowed()).isEqualTo(1);
        assertThat(summary.notReproduced()).isEqualTo(1);
        assertThat(differences.getFirst().changes()).containsExactly(Change.NEWLY_ALLOWED);
        assertThat(replay(inForce).deniedByBoth()).isEqualTo(1);
    }

    /// Not as a denial of the recorded ID: the caller had not asked for it.
    @Test
    void anotherTemplateIsAnotherIdentity() {
        orders(Duration.ofHours(1));

        Summary summary =
                replay(
                        policy(
                                """
                                - name: a
                                  grant:
                                    spiffeId: spiffe://{trustDomain}/cluster/ns/{attributes["kubernetes.namespace"]}
                                """));

        assertThat(summary.identity()).isEqualTo(1);
        assertThat(summary.newlyDenied()).isZero();
        assertThat(differences.getFirst().candidate())
                .isInstanceOfSatisfying(
                        Verdict.Granted.class,
                        granted ->
                                assertThat(granted.spiffeId())
                                        .isEqualTo("spiffe://example.org/cluster/ns/shop"));
    }

    /// A default that was taken becomes another default; a request beyond the bound a denial.
    @Test
    void lifetimesThatWereNotRequestedAreNotRequestedAgain() {
        orders(Duration.ofHours(1));
        orders(Duration.ofHours(2));

        Summary summary =
                replay(
                        policy(
                                """
                                - name: a
                                  grant:
                                    spiffeId: spiffe://{trustDomain}/ns/{attributes["kubernetes.namespace"]}/sa/{attributes["kubernetes.service-account"]}
                                    lifetime: 30m
                                """));

        assertThat(summary.lifetime()).isEqualTo(1);
        assertThat(summary.newlyDenied()).isEqualTo(1);
        assertThat(((Verdict.Denied) differences.get(1).candidate()).code())
                .isEqualTo(RefusalCode.LIFETIME_NOT_GRANTED);
    }

    @Test
    void choicesThatCallersMadeAreMadeAgain() {
        String rule =
                """
                - name: a
                  when: evidence.kind == "oidc" && request.spiffeId.startsWith("spiffe://example.org/ci/")
                  grant:
                    spiffeId: {oneOf: ["spiffe://{trustDomain}/ci/*"]}
                - name: b
                  when: evidence.kind == "registration-authority"
                  grant:
                    spiffeId: "{request.spiffeId}"
                - name: c
                  when: request.profile == "client"
                  grant:
                    spiffeId: spiffe://{trustDomain}/client
                    profile: client
                """;
        inForce = policy(rule);
        row("oidc", "/ci/a", "{}", "", Duration.ofHours(1), "workload");
        row("registration-authority", "/vm/a", "{}", "", Duration.ofHours(1), "workload");
        row("kubernetes", "/client", "{}", "", Duration.ofHours(1), "client");

        Summary summary =
                replay(
                        policy(
                                rule.replace("ci/*", "ci/b")
                                        .replace(
                                                "{request.spiffeId}",
                                                "spiffe://{trustDomain}/vm")));

        assertThat(summary.notReproduced()).isZero();
        assertThat(summary.newlyDenied()).isEqualTo(2);
        assertThat(summary.unchanged()).isEqualTo(1);
        assertThat(differences)
                .extracting(difference -> ((Verdict.Denied) difference.candidate()).code())
                .containsOnly(RefusalCode.IDENTITY_NOT_GRANTED);
    }

    @Test
    void namesAreThoseOnRecord() {
        String rule =
                """
                - name: a
                  grant:
                    spiffeId: spiffe://{trustDomain}/a
                    names:
                      dns: ["*.example.org"]
                      ip: [10.0.0.0/8, "2001:db8::/32"]
                      email: ["*@example.org"]
                      other: [1.2.3]
                """;
        inForce = policy(rule);
        row(
                "oidc",
                "/a",
                "{}",
                "DNS:a.example.org,DNS:b.example.org,IP:10.0.0.1,IP:2001:db8:0:0:0:0:0:1,"
                        + "email:a@example.org,otherName:1.2.3;UTF8:a\\2Cb",
                Duration.ofHours(1),
                "workload");

        assertThat(replay(policy(rule)).unchanged()).isEqualTo(1);
        assertThat(replay(policy(rule.replace("*.example.org", "a.example.org"))).newlyDenied())
                .isEqualTo(1);
    }

    @Test
    void readsBackWhatARegistrationAuthorityHadRequestedOfTheCertificate() throws Exception {
        String rules =
                """
                - name: a
                  grant:
                    spiffeId: spiffe://{trustDomain}/a
                    subject: requested
                    usages: requested
                    extendedKeyUsages: [clientAuth]
                """;
        inForce = policy(rules);
        row(
                "registration-authority",
                "/a",
                "{}",
                "",
                Duration.ofHours(1),
                "workload",
                certificate());

        Summary summary = replay(policy(rules));
        assertThat(summary.unchanged()).isEqualTo(1);
        assertThat(summary.notReproduced()).isZero();
        assertThat(replay(policy(rules.replace("usages: requested", ""))).newlyDenied())
                .isEqualTo(1);
        assertThat(replay(policy(rules.replace("subject: requested", ""))).newlyDenied())
                .isEqualTo(1);
    }

    @Test
    void tellsNotMoreThanItIsAskedForAndCountsAll() {
        for (int i = 0; i < 50; i++) {
            orders(Duration.ofHours(1));
        }

        Summary summary =
                replays()
                        .replay(
                                policy("- name: nobody\n  deny: closed\n"),
                                null,
                                null,
                                10,
                                listener());

        assertThat(differences).hasSize(10);
        assertThat(summary.newlyDenied()).isEqualTo(50);
        assertThat(summary.differencesTold()).isEqualTo(10);
        assertThat(progress.getLast()).isEqualTo(new Progress(50, rows.getLast().issuedAt(), 50));
        assertThatThrownBy(() -> replays().replay(LANGUAGE.builtIn(), null, null, -1, listener()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rowsThatAreNoRequestsAreCounted() {
        row("tpm", "/a", "{}", "", Duration.ofHours(1), "workload");
        row("oidc", "/a", "[]", "", Duration.ofHours(1), "workload");
        row("oidc", "/a", "{}", "what", Duration.ofHours(1), "workload");

        Summary summary = replay(LANGUAGE.builtIn());

        assertThat(summary.unreadable()).isEqualTo(3);
        assertThat(summary.replayed()).isZero();
    }

    @Test
    void asksForThePeriodAlone() {
        replays().replay(LANGUAGE.builtIn(), NOW.minusSeconds(60), null, 0, listener());
        assertThat(asked.issuedFrom()).isEqualTo(NOW.minusSeconds(60));
        assertThat(asked.issuedBefore()).isEqualTo(NOW);

        replays().replay(LANGUAGE.builtIn(), null, NOW.minusSeconds(30), 0, listener());
        assertThat(asked.issuedFrom()).isNull();
        assertThat(asked.issuedBefore()).isEqualTo(NOW.minusSeconds(30));
    }

    @Test
    void whatTheListenerThrowsEndsIt() {
        orders(Duration.ofHours(1));
        orders(Duration.ofHours(1));
        List<Difference> seen = new ArrayList<>();

        assertThatThrownBy(() ->
                        replays()
                                .replay(
                                        policy("- name: nobody\n  deny: closed\n"),
                                        null,
                                        null,
                                        10,
                                        new Replays.Listener() {
                                            @Override
                                            public void progress(Progress progress) {}

                                            @Override
                                            public void difference(Difference difference) {
                                                seen.add(difference);
                                                throw new IllegalStateException("gone");
                                            }
                                        }))
                .hasMessage("gone");
        assertThat(seen).hasSize(1);
    }

    private void orders(Duration lifetime) {
        row("kubernetes", "/ns/shop/sa/orders", ORDERS, "", lifetime, "workload");
    }

    /// For servers, of subject CN=shop.
    private static byte[] certificate() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        return new JcaX509v3CertificateBuilder(
                        new X500Name("CN=issuer"),
                        BigInteger.ONE,
                        Date.from(NOW),
                        Date.from(NOW.plusSeconds(3_600)),
                        new X500Name("CN=shop"),
                        pair.getPublic())
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                .addExtension(
                        Extension.extendedKeyUsage,
                        false,
                        new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                .build(new JcaContentSignerBuilder("Ed25519").build(pair.getPrivate()))
                .getEncoded();
    }

    private void row(
            String kind,
            String path,
            String attributes,
            String names,
            Duration lifetime,
            String profile) {
        row(kind, path, attributes, names, lifetime, profile, new byte[0]);
    }

    private void row(
            String kind,
            String path,
            String attributes,
            String names,
            Duration lifetime,
            String profile,
            byte[] der) {
        Instant issuedAt = NOW.minusSeconds(3_600).plusSeconds(rows.size());
        Validity validity = Validity.of(issuedAt, lifetime);
        rows.add(
                new CertificateRecords.CertificateRecord(
                        SerialNumber.of(validity.notAfter(), new byte[SerialNumber.RANDOM_LENGTH]),
                        SpiffeId.parse("spiffe://example.org" + path).orElseThrow().toString(),
                        names,
                        "",
                        issuedAt,
                        validity,
                        kind,
                        "subject",
                        attributes,
                        "1+sha256:0",
                        "rule",
                        profile,
                        1,
                        "authority",
                        null,
                        "replica",
                        new byte[32],
                        der,
                        List.of()));
    }

    private Summary replay(PolicySnapshot candidate) {
        differences.clear();
        return replays().replay(candidate, null, null, 1_000, listener());
    }

    private Replays replays() {
        return new LedgerReplays(new Rows(), () -> inForce, () -> NOW);
    }

    private Replays.Listener listener() {
        return new Replays.Listener() {
            @Override
            public void progress(Progress step) {
                progress.add(step);
            }

            @Override
            public void difference(Difference difference) {
                differences.add(difference);
            }
        };
    }

    private static PolicySnapshot policy(String rules) {
        PolicyLanguage.Reading reading =
                LANGUAGE.read("apiVersion: signet.dev/v1\nrules:\n" + rules.indent(2), "2");
        assertThat(reading)
                .as("%s", reading.findings())
                .isInstanceOf(PolicyLanguage.Reading.Accepted.class);
        return ((PolicyLanguage.Reading.Accepted) reading).snapshot();
    }

    private final class Rows implements CertificateRecords {
        @Override
        public Optional<CertificateRecord> bySerialNumber(SerialNumber serialNumber) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Page search(Criteria criteria, int limit, String pageToken) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void stream(Criteria criteria, Consumer<CertificateRecord> consumer) {
            asked = criteria;
            rows.forEach(consumer);
        }
    }
}
