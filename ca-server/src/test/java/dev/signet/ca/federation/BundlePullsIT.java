package dev.signet.ca.federation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.federation.ForeignCa.Root;
import dev.signet.ca.federation.JdbcFederation.Row;
import dev.signet.ca.federation.Relationships.Change;
import dev.signet.ca.federation.Relationships.Wanted;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.trust.TrustBundle;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;

import javax.sql.DataSource;

/// One relationship, and everything that the other side may do.
class BundlePullsIT {

    private static final Actor ANNA = new Actor("oidc", "issuer|anna", null);
    private static final TrustDomain OWN = new TrustDomain("signet.test");
    private static final TrustDomain OTHER = new TrustDomain("other.example");
    private static final String ENDPOINT = "spiffe://other.example/bundle";

    private TestDatabase database;
    private JdbcFederation store;
    private KnownFederation known;
    private StoredRelationships relationships;
    private BundlePulls pulls;
    private ForeignCa foreign;
    private Root root;

    @BeforeEach
    void start() throws Exception {
        database = TestDatabase.create();
        store = store();
        known = new KnownFederation(store);
        relationships = new StoredRelationships(store, OWN, List.of());
        pulls = pulls(known, store, "one");
        foreign = new ForeignCa();
        root = ForeignCa.root("root 1", "spiffe://other.example");
        show(root, ENDPOINT);
    }

    @AfterEach
    void stop() {
        pulls.close();
        foreign.close();
        database.close();
    }

    private JdbcFederation store() {
        DataSource dataSource = database.dataSource();
        return new JdbcFederation(
                JdbcClient.create(dataSource),
                new TransactionTemplate(new JdbcTransactionManager(dataSource)));
    }

    private static BundlePulls pulls(KnownFederation known, JdbcFederation store, String replica) {
        return new BundlePulls(
                new FederationSettings(
                        null,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        null),
                known,
                store,
                new BundleRequest(Duration.ofSeconds(2), InstantSource.system()),
                replica,
                new Random(1));
    }

    /// The endpoint shows a certificate of this name, by this root.
    private void show(Root by, String spiffeId) throws Exception {
        KeyPair key = ForeignCa.key();
        X509Certificate leaf =
                ForeignCa.certificate(
                        by.certificate().getSubjectX500Principal().getName().substring(3),
                        by.key(),
                        "endpoint",
                        key,
                        false,
                        spiffeId,
                        null);
        foreign.serve(key, leaf);
    }

    private Row federate() {
        assertThat(
                        relationships.add(
                                new Wanted(
                                        OTHER.name(),
                                        EndpointProfile.HTTPS_SPIFFE,
                                        foreign.url(),
                                        ENDPOINT,
                                        ForeignCa.bundle(1, root),
                                        null),
                                ANNA,
                                "test"))
                .isInstanceOf(Change.Done.class);
        known.look();
        return known.rows().getFirst();
    }

    private String pull() {
        pulls.pull(known.rows().getFirst());
        Relationships.Pull last = known.rows().getFirst().pull();
        assertThat(last).isNotNull();
        return last.outcome() + " " + last.detail();
    }

    private List<byte[]> inUse() {
        return known.current().stream()
                .filter(bundle -> bundle.trustDomain().equals(OTHER))
                .findFirst()
                .map(TrustBundle::x509Authorities)
                .orElse(List.of());
    }

    @Test
    void aBundleIsAcceptedAndARotationOfTheRootFollowed() throws Exception {
        federate();
        assertThat(known.current()).isEmpty();
        foreign.answer(ForeignCa.bundle(1, root));
        assertThat(pull()).isEqualTo("accepted ");
        assertThat(inUse()).containsExactly(root.certificate().getEncoded());
        assertThat(pull()).isEqualTo("unchanged ");

        Root next = ForeignCa.root("root 2", null);
        foreign.answer(ForeignCa.bundle(2, root, next));
        assertThat(pull()).isEqualTo("accepted ");
        // From here on its endpoint shows a certificate by the new root, which the first bundle
        // does not have.
        show(next, ENDPOINT);
        foreign.answer(ForeignCa.bundle(3, next));
        assertThat(pull()).isEqualTo("accepted ");
        assertThat(inUse()).containsExactly(next.certificate().getEncoded());
        assertThat(known.current().getFirst().version()).isEqualTo(3);
        // And the old root is of no use any more.
        show(root, ENDPOINT);
        assertThat(pull()).startsWith("unreachable");
        assertThat(inUse()).containsExactly(next.certificate().getEncoded());
    }

    @Test
    void anotherSpiffeIdAtTheEndpointIsRefused() throws Exception {
        federate();
        foreign.answer(ForeignCa.bundle(1, root));
        for (String other :
                List.of(
                        "spiffe://other.example/bundle2",
                        "spiffe://other.example",
                        "spiffe://third.example/bundle")) {
            show(root, other);
            assertThat(pull()).as(other).startsWith("unreachable");
        }
        assertThat(inUse()).isEmpty();
        assertThat(foreign.requests.get()).isZero();
    }

    @Test
    void anEndpointByAnotherRootIsRefused() throws Exception {
        federate();
        Root stranger = ForeignCa.root("root 1", null);
        show(stranger, ENDPOINT);
        foreign.answer(ForeignCa.bundle(9, stranger));
        assertThat(pull()).startsWith("unreachable");
        assertThat(inUse()).isEmpty();
        assertThat(foreign.requests.get()).isZero();
    }

    @Test
    void anOlderBundleAndOneThatChangedWithoutItsNumberAreRefused() {
        federate();
        foreign.answer(ForeignCa.bundle(5, root));
        assertThat(pull()).isEqualTo("accepted ");
        Root next = ForeignCa.root("root 2", null);
        foreign.answer(ForeignCa.bundle(4, root, next));
        assertThat(pull()).startsWith("refused").contains("older");
        foreign.answer(ForeignCa.bundle(5, root, next));
        assertThat(pull()).startsWith("refused").contains("did not");
        foreign.answer(ForeignCa.bundle(5, root, next).replace("\"spiffe_sequence\":5,", ""));
        assertThat(pull()).startsWith("refused").contains("had one before");
        assertThat(inUse()).hasSize(1);
        foreign.answer(ForeignCa.bundle(6, root, next));
        assertThat(pull()).isEqualTo("accepted ");
        assertThat(inUse()).hasSize(2);
    }

    @Test
    void anEmptyBundleRevokesEverything() {
        federate();
        foreign.answer(ForeignCa.bundle(1, root));
        pull();
        foreign.answer(ForeignCa.bundle(2));
        assertThat(pull()).isEqualTo("accepted ");
        assertThat(known.current())
                .singleElement()
                .satisfies(bundle -> {
                    assertThat(bundle.x509Authorities()).isEmpty();
                    assertThat(bundle.version()).isEqualTo(2);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"keys\":{}}",
                "{\"keys\":[],\"keys\":[]}",
                "{\"keys\":[1]}",
                "{\"keys\":[],\"spiffe_sequence\":-1}",
                "{\"keys\":[],\"spiffe_sequence\":1.5}",
                "{\"keys\":[],\"spiffe_sequence\":\"7\"}",
                "{\"keys\":[],\"spiffe_sequence\":99999999999999999999}",
                "{\"keys\":[]} trailing",
                "{\"keys\":[{\"use\":\"x509-svid\",\"kty\":\"EC\"}]}",
                "{\"keys\":[{\"use\":\"x509-svid\",\"kty\":\"EC\",\"x5c\":[]}]}",
                "{\"keys\":[{\"use\":\"x509-svid\",\"kty\":\"EC\",\"x5c\":[\"AAAA\"]}]}",
                "{\"keys\":[{\"use\":\"x509-svid\",\"kty\":\"EC\",\"x5c\":[\"%\"]}]}",
                "{\"keys\":[{\"use\":\"x509-svid\",\"kty\":\"EC\",\"kid\":\"1\",\"x5c\":[\"AAAA\"]}]}"
            })
    void whatIsNoBundleIsRefusedAndTheLastGoodOneStays(String text) {
        federate();
        foreign.answer(ForeignCa.bundle(1, root));
        assertThat(pull()).isEqualTo("accepted ");
        foreign.answer(text);
        assertThat(pull()).startsWith("refused");
        assertThat(inUse()).hasSize(1);
    }

    @Test
    void certificatesThatAreNoCaOrAnothersAreRefused() throws Exception {
        federate();
        KeyPair key = ForeignCa.key();
        Root leaf =
                new Root(key, ForeignCa.certificate("x", key, "x", key, false, null, "localhost"));
        foreign.answer(ForeignCa.bundle(1, leaf));
        assertThat(pull()).startsWith("refused").contains("no CA's");
        foreign.answer(ForeignCa.bundle(1, ForeignCa.root("x", "spiffe://signet.test")));
        assertThat(pull()).startsWith("refused").contains("another trust domain");
        byte[] two = Arrays.copyOf(root.certificate().getEncoded(), 1000);
        foreign.answer(
                "{\"keys\":[{\"use\":\"x509-svid\",\"kty\":\"EC\",\"x5c\":[\""
                        + Base64.getEncoder().encodeToString(two)
                        + "\"]}]}");
        assertThat(pull()).startsWith("refused");
        assertThat(known.current()).isEmpty();
    }

    @Test
    void keysOfOtherUsesAreIgnored() {
        federate();
        foreign.answer(
                ForeignCa.bundle(1, root)
                        .replace(
                                "\"keys\":[",
                                "\"other\":1,\"keys\":[{\"use\":\"jwt-svid\",\"kty\":\"EC\",\"kid\":\"1\"},"
                                        + "{\"use\":\"later\"},"));
        assertThat(pull()).isEqualTo("accepted ");
        assertThat(inUse()).hasSize(1);
    }

    @Test
    void tooMuchTooLateAndOfAnotherTypeAreRefused() {
        federate();
        foreign.body = new byte[2 * 1024 * 1024];
        assertThat(pull()).startsWith("unreachable");
        foreign.answer(ForeignCa.bundle(1, root));
        foreign.contentType = "text/html";
        assertThat(pull()).startsWith("unreachable").contains("application/json");
        foreign.contentType = "application/json; charset=utf-8";
        foreign.status = 500;
        assertThat(pull()).startsWith("unreachable").contains("500");
        foreign.status = 200;
        assertThat(pull()).isEqualTo("accepted ");
    }

    @Test
    void R14_onlyTemporaryRedirectsOnTheSameHostAreFollowed() {
        federate();
        foreign.answer(ForeignCa.bundle(1, root));
        foreign.status = 307;
        for (String refused :
                List.of(
                        "https://127.0.0.1:" + foreign.port() + "/there",
                        "http://localhost:" + foreign.port() + "/there",
                        "https://user@localhost:" + foreign.port() + "/there",
                        "https://example.org/",
                        "file:///etc/passwd",
                        foreign.url())) {
            foreign.location = refused;
            assertThat(pull()).as(refused).startsWith("unreachable").contains("redirects");
        }
        foreign.location = "/there";
        foreign.status = 301;
        assertThat(pull()).startsWith("unreachable").contains("301");
        foreign.status = 307;
        assertThat(pull()).isEqualTo("accepted ");
    }

    @Test
    void R14_nothingOfAnAnswerIsShown() {
        federate();
        foreign.answer("{\"secret\":\"canary-4711\"}");
        assertThat(pull()).doesNotContain("canary");
        foreign.status = 500;
        foreign.answer("canary-4711");
        assertThat(pull()).doesNotContain("canary");
    }

    @Test
    void webPkiIsByHostNameAndTheRootsThatWereNamed() throws Exception {
        KeyPair key = ForeignCa.key();
        foreign.serve(
                key,
                ForeignCa.certificate("root 1", root.key(), "web", key, false, null, "localhost"));
        foreign.answer(ForeignCa.bundle(1, root));
        String pem =
                new String(
                        dev.signet.ca.TestCertificates.pem(
                                "CERTIFICATE", root.certificate().getEncoded()));
        assertThat(
                        relationships.add(
                                new Wanted(
                                        OTHER.name(),
                                        EndpointProfile.HTTPS_WEB,
                                        foreign.url(),
                                        null,
                                        null,
                                        pem),
                                ANNA,
                                "test"))
                .isInstanceOf(Change.Done.class);
        known.look();
        assertThat(pull()).isEqualTo("accepted ");
        // The right CA, another host.
        KeyPair other = ForeignCa.key();
        foreign.serve(
                other,
                ForeignCa.certificate(
                        "root 1", root.key(), "web", other, false, null, "elsewhere.example"));
        assertThat(pull()).startsWith("unreachable");
        // The right host, another CA.
        Root stranger = ForeignCa.root("root 1", null);
        foreign.serve(
                other,
                ForeignCa.certificate(
                        "root 1", stranger.key(), "web", other, false, null, "localhost"));
        assertThat(pull()).startsWith("unreachable");
        assertThat(inUse()).hasSize(1);
    }

    @Test
    void oneReplicaPullsAndAllHaveIt() throws Exception {
        foreign.answer(ForeignCa.bundle(1, root));
        JdbcFederation secondStore = store();
        KnownFederation second = new KnownFederation(secondStore);
        try (BundlePulls others = pulls(second, secondStore, "two")) {
            federate();
            pulls.start();
            others.start();
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> known.current().size() == 1 && second.current().size() == 1);
            int before = foreign.requests.get();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> foreign.requests.get() >= before + 4);
            // Each of them asks once a second; together they do, too.
            List<String> begun =
                    database.ownerJdbcClient()
                            .sql(
                                    """
                                    SELECT extract(epoch FROM at - lag(at) OVER (ORDER BY sequence)) < 0.7
                                    FROM federation.pull WHERE outcome = 'begun' ORDER BY sequence
                                    """)
                            .query((row, _) -> String.valueOf(row.getString(1)))
                            .list();
            assertThat(begun).doesNotContain("t");
            relationships.remove(OTHER, ANNA, "test");
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> known.current().isEmpty() && second.current().isEmpty());
        }
    }

    @Test
    void relationshipsAreJudged() {
        String bundle = ForeignCa.bundle(1, root);
        for (Wanted wrong :
                List.of(
                        new Wanted(
                                "signet.test",
                                EndpointProfile.HTTPS_WEB,
                                "https://a/",
                                null,
                                null,
                                null),
                        new Wanted(
                                "NOT", EndpointProfile.HTTPS_WEB, "https://a/", null, null, null),
                        new Wanted("b", EndpointProfile.HTTPS_WEB, "http://a/", null, null, null),
                        new Wanted(
                                "b", EndpointProfile.HTTPS_WEB, "https://u@a/", null, null, null),
                        new Wanted("b", EndpointProfile.HTTPS_WEB, "https:///x", null, null, null),
                        new Wanted(
                                "b", EndpointProfile.HTTPS_WEB, "https://a/", null, null, "no PEM"),
                        new Wanted(
                                "b",
                                EndpointProfile.HTTPS_WEB,
                                "https://a/",
                                "spiffe://b/x",
                                null,
                                null),
                        new Wanted(
                                "b",
                                EndpointProfile.HTTPS_SPIFFE,
                                "https://a/",
                                null,
                                bundle,
                                null),
                        new Wanted(
                                "b",
                                EndpointProfile.HTTPS_SPIFFE,
                                "https://a/",
                                "spiffe://c/x",
                                bundle,
                                null),
                        new Wanted(
                                "b",
                                EndpointProfile.HTTPS_SPIFFE,
                                "https://a/",
                                "spiffe://b/x",
                                null,
                                null),
                        new Wanted(
                                "b",
                                EndpointProfile.HTTPS_SPIFFE,
                                "https://a/",
                                "spiffe://b/x",
                                "{\"keys\":[]}",
                                null))) {
            assertThat(relationships.add(wrong, ANNA, "test"))
                    .as(wrong.toString())
                    .isInstanceOfSatisfying(
                            Change.Refused.class,
                            refused ->
                                    assertThat(refused.refusal().code().name())
                                            .isEqualTo("INVALID_ARGUMENT"));
        }
        assertThat(
                        new StoredRelationships(store, OWN, List.of("localhost"))
                                .add(
                                        new Wanted(
                                                "b",
                                                EndpointProfile.HTTPS_WEB,
                                                "https://169.254.169.254/",
                                                null,
                                                null,
                                                null),
                                        ANNA,
                                        "test"))
                .isInstanceOf(Change.Refused.class);
        federate();
        assertThat(
                        relationships.add(
                                new Wanted(
                                        OTHER.name(),
                                        EndpointProfile.HTTPS_WEB,
                                        foreign.url(),
                                        null,
                                        null,
                                        null),
                                ANNA,
                                "test"))
                .isInstanceOfSatisfying(
                        Change.Refused.class,
                        refused ->
                                assertThat(refused.refusal().code().name()).isEqualTo("CONFLICT"));
        assertThat(relationships.remove(new TrustDomain("nobody.example"), ANNA, "test"))
                .isInstanceOfSatisfying(
                        Change.Refused.class,
                        refused ->
                                assertThat(refused.refusal().code().name()).isEqualTo("NOT_FOUND"));
    }
}
