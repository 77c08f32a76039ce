package dev.signet.ca.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import dev.signet.ca.privilege.Role;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// Tokens of issuers whose keys are behind HTTPS: found by discovery, rotated, and never fetched
/// from anywhere else.
class AdminKeysIT {

    @TempDir private static Path directory;

    private static HttpsServer server;
    private static String base;
    private static Path caFile;
    private static volatile ECKey key;
    private static volatile String keysUrl = "";
    private static volatile int foreignRequests;

    @BeforeAll
    static void start() throws Exception {
        key = RestRig.newTokenKey();
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
        Instant now = Instant.now();
        X500Name name = new X500Name("CN=localhost");
        X509Certificate certificate =
                new JcaX509CertificateConverter()
                        .getCertificate(
                                new JcaX509v3CertificateBuilder(
                                                name,
                                                BigInteger.ONE,
                                                Date.from(now.minusSeconds(60)),
                                                Date.from(now.plusSeconds(3600)),
                                                name,
                                                keys.getPublic())
                                        .addExtension(
                                                Extension.subjectAlternativeName,
                                                false,
                                                new GeneralNames(
                                                        new GeneralName[] {
                                                            new GeneralName(
                                                                    GeneralName.dNSName,
                                                                    "localhost"),
                                                            new GeneralName(
                                                                    GeneralName.iPAddress,
                                                                    "127.0.0.1")
                                                        }))
                                        .build(
                                                new JcaContentSignerBuilder("SHA256withECDSA")
                                                        .build(keys.getPrivate())));
        caFile = directory.resolve("ca.pem");
        Files.writeString(
                caFile,
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("s", keys.getPrivate(), new char[0], new Certificate[] {certificate});
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(store, new char[0]);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.createContext("/", AdminKeysIT::answer);
        server.start();
        base = "https://localhost:" + server.getAddress().getPort();
        keysUrl = base + "/keys";
    }

    @AfterAll
    static void stop() {
        server.stop(0);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String body = "";
            switch (path) {
                case "/.well-known/openid-configuration" ->
                        body =
                                "{\"issuer\":\""
                                        + base
                                        + "\",\"jwks_uri\":\""
                                        + keysUrl
                                        + "\",\"other\":[1,{}]}";
                case "/keys" -> body = new JWKSet(key.toPublicJWK()).toString();
                case "/redirect" -> {
                    exchange.getResponseHeaders().set("Location", base + "/foreign");
                    exchange.sendResponseHeaders(302, -1);
                    return;
                }
                default -> {
                    foreignRequests++;
                    body = new JWKSet(key.toPublicJWK()).toString();
                }
            }
            byte[] octets = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, octets.length);
            exchange.getResponseBody().write(octets);
        }
    }

    private static TokenLogins logins(URI jwksUrl, Set<String> hosts) {
        return new TokenLogins(
                List.of(
                        new OidcIssuer(
                                base,
                                "signet-admin",
                                null,
                                jwksUrl,
                                hosts,
                                caFile,
                                null,
                                List.of(new OidcIssuer.RoleMapping("ops", Role.OPERATOR)),
                                null,
                                null,
                                null)),
                InstantSource.system());
    }

    private static String token(ECKey signer) throws Exception {
        Instant now = Instant.now();
        return RestRig.sign(
                new JWTClaimsSet.Builder()
                        .issuer(base)
                        .audience(List.of("other", "signet-admin"))
                        .subject("alice")
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plusSeconds(300)))
                        .claim("roles", List.of("ops", "unknown"))
                        .build(),
                signer);
    }

    @Test
    void findsTheKeysByDiscoveryAndFollowsARotation() throws Exception {
        keysUrl = base + "/keys";
        TokenLogins logins = logins(null, Set.of());
        assertThat(logins.login(token(key)))
                .isEqualTo(new TokenLogins.Outcome.Proved(base + "|alice", Set.of(Role.OPERATOR)));
        String old = token(key);
        key = RestRig.newTokenKey();
        assertThat(logins.login(token(key))).isInstanceOf(TokenLogins.Outcome.Proved.class);
        assertThat(logins.login(old)).isInstanceOf(TokenLogins.Outcome.Refused.class);
    }

    @Test
    void R14_asksNoHostThatTheDiscoveryDocumentNamesUnlessItIsConfigured() throws Exception {
        foreignRequests = 0;
        keysUrl = "https://127.0.0.1:" + server.getAddress().getPort() + "/foreign";
        assertThat(logins(null, Set.of()).login(token(key)))
                .isInstanceOf(TokenLogins.Outcome.Refused.class);
        assertThat(foreignRequests).isZero();
        assertThat(logins(null, Set.of("127.0.0.1")).login(token(key)))
                .isInstanceOf(TokenLogins.Outcome.Proved.class);
        assertThat(foreignRequests).isEqualTo(1);
    }

    @Test
    void R14_followsNoRedirect() throws Exception {
        foreignRequests = 0;
        assertThat(logins(URI.create(base + "/redirect"), Set.of()).login(token(key)))
                .isInstanceOf(TokenLogins.Outcome.Refused.class);
        assertThat(foreignRequests).isZero();
    }
}
