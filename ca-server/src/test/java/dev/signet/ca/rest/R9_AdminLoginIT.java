package dev.signet.ca.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.privilege.Role;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.Map;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// A connection or TLS session does not outlive the right of its client, and guesses are slowed
/// down.
class R9_AdminLoginIT {

    @Test
    void R9_anOpenConnectionDoesNotOutliveItsClientsCertificate() throws Exception {
        try (RestRig rig = new RestRig()) {
            RestRig.Held admin = rig.certificate("/admin/brief", Duration.ofSeconds(10));
            SSLContext context = rig.tls(admin.key(), admin.chain());
            Instant end = admin.chain().getFirst().getNotAfter().toInstant().plusSeconds(1);
            try (SSLSocket resumable = connect(rig, context)) {
                assertThat(status(resumable)).isEqualTo(200);
            }
            try (SSLSocket open = connect(rig, context)) {
                assertThat(status(open)).isEqualTo(200);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> Instant.now().isAfter(end));
                assertThat(status(open)).isEqualTo(401);
                int resumed;
                try (SSLSocket again = connect(rig, context)) {
                    resumed = status(again);
                } catch (java.io.IOException _) {
                    // A full handshake with a certificate that has expired.
                    resumed = 401;
                }
                assertThat(resumed).isEqualTo(401);
            }
        }
    }

    private static SSLSocket connect(RestRig rig, SSLContext context) throws Exception {
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", rig.port());
        socket.setSoTimeout(20_000);
        socket.startHandshake();
        return socket;
    }

    private static int status(SSLSocket socket) throws Exception {
        OutputStream out = socket.getOutputStream();
        out.write(
                "GET /v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
        out.flush();
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int octet = in.read();
            if (octet < 0) {
                throw new java.io.EOFException();
            }
            head.append((char) octet);
        }
        String text = head.toString();
        int length =
                Integer.parseInt(
                        text.lines()
                                .filter(line ->
                                        line.toLowerCase(java.util.Locale.ROOT)
                                                .startsWith("content-length:"))
                                .findFirst()
                                .orElseThrow()
                                .substring(15)
                                .strip());
        in.readNBytes(length);
        return Integer.parseInt(text.substring(9, 12));
    }

    @Test
    void failedLoginsAreSlowedDownAndACertificateOrTheOperatorCredentialStillGetsIn()
            throws Exception {
        try (RestRig rig =
                new RestRig(
                        Map.of(
                                "signet.admin.logins.failures", "3",
                                "signet.admin.logins.refill", "1h"))) {
            RestRig.Held admin = rig.certificate("/admin/alice", Duration.ofMinutes(10));
            for (int i = 0; i < 3; i++) {
                assertThat(
                                rig.send(
                                                rig.request("/v1/me")
                                                        .header("Authorization", "Operator guess"))
                                        .statusCode())
                        .isEqualTo(401);
            }
            HttpResponse<String> throttled =
                    rig.send(rig.request("/v1/me").header("Authorization", "Operator guess"));
            assertThat(throttled.statusCode()).isEqualTo(429);
            assertThat(RestRig.code(throttled)).isEqualTo("LOGIN_THROTTLED");
            assertThat(throttled.headers().firstValueAsLong("Retry-After")).isPresent();
            assertThat(rig.get("/v1/me").statusCode()).isEqualTo(200);
            HttpClient client = rig.client(admin.key(), admin.chain());
            assertThat(
                            client.send(
                                            rig.request("/v1/me").build(),
                                            HttpResponse.BodyHandlers.ofString())
                                    .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void E32_anExpiredTokenIsToldItsTimesAndASlashOfTheIssuerIsShown() throws Exception {
        try (RestRig rig = new RestRig()) {
            Instant expired = Instant.now().minusSeconds(3600).truncatedTo(ChronoUnit.SECONDS);
            String late =
                    RestRig.sign(
                            rig.claims(Role.ADMIN)
                                    .issueTime(Date.from(expired.minusSeconds(60)))
                                    .expirationTime(Date.from(expired))
                                    .build(),
                            rig.tokenKey);
            HttpResponse<String> answer = login(rig, late);
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(RestRig.json(answer).path("detail").asString())
                    .contains("expired at " + expired, "this server's clock shows 20");
            String slashed =
                    RestRig.sign(
                            rig.claims(Role.ADMIN).issuer(RestRig.ISSUER + "/").build(),
                            rig.tokenKey);
            assertThat(RestRig.json(login(rig, slashed)).path("detail").asString())
                    .contains("issuer \"" + RestRig.ISSUER + "/\"", "a trailing slash counts");
        }
    }

    private static HttpResponse<String> login(RestRig rig, String token) throws Exception {
        return rig.send(rig.request("/v1/me").header("Authorization", "Bearer " + token));
    }

    @Test
    void aLoginIsInTheTrailOnce() throws Exception {
        try (RestRig rig = new RestRig()) {
            rig.get("/v1/me");
            rig.get("/v1/me");
            HttpResponse<String> events =
                    rig.get("/v1/audit-events?act=login&actor=operator&outcome=done");
            assertThat(RestRig.json(events).path("items").size()).isEqualTo(1);
        }
    }

    @Test
    void everyAnswerHasTheHeadersThatKeepBrowsersOut() throws Exception {
        try (RestRig rig = new RestRig()) {
            for (HttpResponse<String> response :
                    java.util.List.of(
                            rig.get("/v1/me"),
                            rig.get("/v1/nothing"),
                            rig.send(rig.request("/v1/me")),
                            rig.send(
                                    rig.operator("/v1/me").header("X-Long", "a".repeat(20_000))))) {
                SecurityHeaders.NAMES_AND_VALUES.forEach((name, value) ->
                        assertThat(response.headers().firstValue(name)).hasValue(value));
                assertThat(response.headers().firstValue("Server")).isEmpty();
                assertThat(response.headers().firstValue("Set-Cookie")).isEmpty();
            }
        }
    }
}
