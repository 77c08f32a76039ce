package dev.signet.ca.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.TestDatabase;
import dev.signet.ca.authority.Authorities.Selection;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.pkcs11.Pkcs11Settings;
import dev.signet.ca.pkcs11.Pkcs11Token;
import dev.signet.ca.pkcs11.SoftHsm;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import javax.sql.DataSource;

/// Authorities whose keys SoftHSM keeps.
class TokenKeysIT {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final TrustDomain DOMAIN = new TrustDomain("example.org");
    private static final String TOKEN = "authority test";
    private static final String PIN = "tokenkeys-4711";

    @BeforeAll
    static void makeToken() {
        SoftHsm.makeToken(TOKEN, PIN);
    }

    private static AuthoritySettings settings(KeyType type, KeyPlace place) {
        return new AuthoritySettings(
                type,
                type,
                null,
                null,
                null,
                null,
                null,
                new KeyEncryptionKeySettings(null, null, "A".repeat(43) + "="),
                null,
                place,
                new Pkcs11Settings(SoftHsm.library(), TOKEN, null, null, "PIN", null, null));
    }

    private static Pkcs11Token token() {
        return Pkcs11Token.open(
                settings(KeyType.P256, KeyPlace.PKCS11).pkcs11(),
                TestCertificates.CRYPTO,
                _ -> PIN);
    }

    private static PolledAuthorities authorities(
            TestDatabase database, AuthoritySettings settings, Pkcs11Token token) {
        AuthorityKeys keys =
                new PlacedKeys(
                        settings.newKeys(),
                        new SoftwareKeys(
                                TestCertificates.CRYPTO,
                                KeyEncryptionKeys.from(
                                        settings,
                                        _ -> null,
                                        TestCertificates.CRYPTO.secureRandom())),
                        token == null
                                ? null
                                : new TokenKeys(token, TestCertificates.CRYPTO, DOMAIN));
        DataSource dataSource = database.dataSource();
        return new PolledAuthorities(
                new JdbcAuthorityStore(
                        JdbcClient.create(dataSource),
                        new TransactionTemplate(new JdbcTransactionManager(dataSource))),
                new AuthorityFactory(TestCertificates.CRYPTO, keys, CrlAddresses.NONE),
                new AuthorityLoader(TestCertificates.CRYPTO, keys, settings, DOMAIN),
                settings,
                DOMAIN,
                InstantSource.fixed(NOW),
                Executors.newSingleThreadScheduledExecutor());
    }

    private static IssuingAuthority usable(Authorities authorities) {
        return switch (authorities.active(NOW)) {
            case Selection.Usable(IssuingAuthority authority) -> authority;
            case Selection.NotUsable(var refusal) -> throw new AssertionError(refusal);
        };
    }

    @ParameterizedTest
    @EnumSource(
            value = KeyType.class,
            names = {"P256", "P384", "RSA3072"})
    void rootAndIssuingCaSignInTheTokenAndTheDatabaseHasNoKey(KeyType type) throws Exception {
        try (TestDatabase database = TestDatabase.create();
                Pkcs11Token token = token();
                PolledAuthorities first =
                        authorities(database, settings(type, KeyPlace.PKCS11), token);
                PolledAuthorities second =
                        authorities(database, settings(type, KeyPlace.PKCS11), token)) {
            first.start();
            second.start();
            IssuingAuthority authority = usable(second);
            assertThat(authority.id()).isEqualTo(usable(first).id());
            assertThat(authority.mayBlock()).isTrue();
            StatusAuthority status = second.statusAuthorities().getFirst();
            byte[] data = "something to sign".getBytes(StandardCharsets.UTF_8);
            byte[] signed = status.signCertificateList(data);
            Signature verifier = Signature.getInstance(type.algorithm().jcaName());
            verifier.initVerify(
                    KeyFactory.getInstance(type.jcaName())
                            .generatePublic(
                                    new X509EncodedKeySpec(
                                            new AuthorityCertificate(
                                                            status.certificate(), new byte[32])
                                                    .subjectPublicKeyInfo())));
            verifier.update(data);
            assertThat(verifier.verify(signed)).isTrue();
            JdbcClient owner = database.ownerJdbcClient();
            assertThat(
                            owner.sql("SELECT count(*) FROM authority.private_key")
                                    .query(Integer.class)
                                    .single())
                    .isZero();
            List<String> references =
                    owner.sql("SELECT reference FROM authority.token_key")
                            .query(String.class)
                            .list();
            assertThat(references)
                    .hasSize(2)
                    .allMatch(uri -> uri.startsWith("pkcs11:token=authority%20test;id="))
                    .noneMatch(uri -> uri.contains(PIN));
        }
    }

    @Test
    void aServerWithoutTheTokenSaysWhatItNeeds() {
        try (TestDatabase database = TestDatabase.create();
                Pkcs11Token token = token();
                PolledAuthorities first =
                        authorities(database, settings(KeyType.P256, KeyPlace.PKCS11), token);
                PolledAuthorities without =
                        authorities(database, settings(KeyType.P256, KeyPlace.SOFTWARE), null)) {
            first.start();
            assertThatThrownBy(without::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("signet.authority.pkcs11.library");
        }
    }

    @Test
    void aTokenThatIsAwayRefusesAndComesBackWithoutARestart() throws Exception {
        String label = "travelling";
        SoftHsm.makeToken(label, PIN);
        AuthoritySettings settings = settings(KeyType.P256, KeyPlace.PKCS11);
        Pkcs11Settings travelling =
                new Pkcs11Settings(SoftHsm.library(), label, null, null, "PIN", 2, null);
        try (TestDatabase database = TestDatabase.create();
                Pkcs11Token token =
                        Pkcs11Token.open(travelling, TestCertificates.CRYPTO, _ -> PIN)) {
            await().atMost(Duration.ofSeconds(10)).until(() -> token.impediment().isEmpty());
            try (PolledAuthorities authorities = authorities(database, settings, token)) {
                authorities.start();
                usable(authorities);
                Path home = homeOf(label);
                Path elsewhere = SoftHsm.tokens().resolveSibling("elsewhere");

                Files.move(home, elsewhere);

                await().atMost(Duration.ofSeconds(20))
                        .until(() -> authorities.active(NOW) instanceof Selection.NotUsable);
                assertThat(authorities.active(NOW))
                        .isInstanceOfSatisfying(
                                Selection.NotUsable.class,
                                none -> {
                                    assertThat(none.refusal().code().name())
                                            .isEqualTo("AUTHORITY_NOT_USABLE");
                                    assertThat(none.refusal().message()).doesNotContain(label);
                                });
                // A replica that starts meanwhile does so, and is not ready.
                try (PolledAuthorities late = authorities(database, settings, token)) {
                    late.start();
                    assertThat(late.active(NOW)).isInstanceOf(Selection.NotUsable.class);

                    Files.move(elsewhere, home);

                    await().atMost(Duration.ofSeconds(20))
                            .until(() -> late.active(NOW) instanceof Selection.Usable);
                    late.statusAuthorities().getFirst().signCertificateList(new byte[10]);
                }
                usable(authorities);
            }
        }
    }

    private static Path homeOf(String label) throws Exception {
        try (Stream<Path> tokens = Files.list(SoftHsm.tokens())) {
            return tokens.filter(token -> holds(token, label)).findFirst().orElseThrow();
        }
    }

    private static boolean holds(Path token, String label) {
        try {
            return new String(
                            Files.readAllBytes(token.resolve("token.object")),
                            StandardCharsets.ISO_8859_1)
                    .contains(label);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }
}
