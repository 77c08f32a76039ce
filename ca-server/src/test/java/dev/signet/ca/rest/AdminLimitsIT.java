package dev.signet.ca.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.privilege.Role;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// Nobody keeps admins from the port: not by connections, nor by requests that never end.
class AdminLimitsIT {

    private static final String BEGUN_HEAD = "GET /v1/me HTTP/1.1\r\nHost: localhost\r\nA: ";
    private static final String BEGUN_BODY =
            "POST /v1/join-tokens HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/json\r\nIdempotency-Key: a\r\n"
                    + "Content-Length: 1000\r\n\r\n{";

    private static Socket plain(RestRig rig) throws IOException {
        Socket socket = new Socket("127.0.0.1", rig.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static Socket begin(RestRig rig, SSLContext tls, String text) throws IOException {
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", rig.port());
        socket.setSoTimeout(20_000);
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
        return socket;
    }

    private static void close(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void issuanceCanBeSuspendedWhileOthersHoldConnectionsAndUnfinishedRequests() throws Exception {
        List<Socket> held = new ArrayList<>();
        try (RestRig rig = new RestRig()) {
            RestRig.Held operator = rig.certificate("/operator/mallory", Duration.ofMinutes(10));
            SSLContext anonymous = rig.tls(null, List.of());
            SSLContext known = rig.tls(operator.key(), operator.chain());
            for (int i = 0; i < 40; i++) {
                held.add(begin(rig, known, BEGUN_BODY));
            }
            assertThat(write(rig, "PUT", "/v1/suspension").statusCode()).isEqualTo(200);
            for (int i = 0; i < 60; i++) {
                held.add(begin(rig, anonymous, BEGUN_HEAD));
                held.add(begin(rig, anonymous, BEGUN_BODY));
                held.add(begin(rig, known, BEGUN_HEAD));
            }
            for (int i = 0; i < 300; i++) {
                held.add(plain(rig));
            }
            for (int i = 0; i < 40; i++) {
                held.add(begin(rig, known, BEGUN_BODY));
            }
            assertThat(write(rig, "POST", "/v1/suspension/resume").statusCode()).isEqualTo(200);
        } finally {
            close(held);
        }
    }

    /// Based on what is.
    private static HttpResponse<String> write(RestRig rig, String method, String path)
            throws Exception {
        String tag = rig.get("/v1/suspension").headers().firstValue("ETag").orElseThrow();
        return rig.send(
                RestRig.write(
                        rig.operator(path).header("If-Match", tag),
                        method,
                        "{\"reason\":\"a drill\"}"));
    }

    @Test
    void whatIsNotAWholeRequestInTimeIsClosedHoweverItTrickles() throws Exception {
        try (RestRig rig = new RestRig(Map.of("signet.admin.limits.request-timeout", "700ms"))) {
            RestRig.Held operator = rig.certificate("/operator/mallory", Duration.ofMinutes(10));
            SSLContext known = rig.tls(operator.key(), operator.chain());
            for (String begun : List.of(BEGUN_HEAD, BEGUN_BODY)) {
                try (Socket socket = begin(rig, known, begun)) {
                    Thread trickle =
                            Thread.ofVirtual()
                                    .start(() -> {
                                        try {
                                            while (!Thread.interrupted()) {
                                                socket.getOutputStream().write('a');
                                                Thread.sleep(50);
                                            }
                                        } catch (IOException | InterruptedException _) {
                                            // Its end.
                                        }
                                    });
                    assertThat(ended(socket)).as(begun).isTrue();
                    trickle.interrupt();
                    trickle.join();
                }
            }
            try (Socket idle = plain(rig)) {
                assertThat(ended(idle)).isTrue();
            }
            assertThat(rig.get("/v1/me").statusCode()).isEqualTo(200);
        }
    }

    /// Before the socket's own timeout.
    private static boolean ended(Socket socket) {
        try {
            while (socket.getInputStream().read() >= 0) {
                // An answer, before the end.
            }
            return true;
        } catch (java.net.SocketTimeoutException _) {
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    @Test
    void textThatPostgresqlCannotKeepIsRefusedWhereverItComesIn() throws Exception {
        try (RestRig rig = new RestRig()) {
            for (String query :
                    List.of(
                            "/v1/certificates?san=%ff",
                            "/v1/certificates?san=%00",
                            "/v1/certificates?san=%ed%a0%80",
                            "/v1/certificates?%ff=a",
                            "/v1/audit-events?actor=%c3",
                            "/v1/audit-events?actor=%00",
                            "/v1/refusals?code=%ff")) {
                HttpResponse<String> refused = rig.get(query);
                assertThat(refused.statusCode()).as(query).isEqualTo(400);
                assertThat(RestRig.code(refused)).as(query).isEqualTo("INVALID_ARGUMENT");
            }
            String token =
                    RestRig.sign(rig.claims(Role.VIEWER).subject("a\u0000b").build(), rig.tokenKey);
            HttpResponse<String> refused =
                    rig.send(rig.request("/v1/me").header("Authorization", "Bearer " + token));
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(rig.get("/v1/me").statusCode()).isEqualTo(200);
        }
    }
}
