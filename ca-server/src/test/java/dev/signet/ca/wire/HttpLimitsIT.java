package dev.signet.ca.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// What a stranger may not do to the plain HTTP port.
class HttpLimitsIT {

    /// Takes bodies, and answers when it is let.
    private static final class Echo implements HttpDocuments {
        private final CountDownLatch go;

        Echo(int held) {
            go = new CountDownLatch(held);
        }

        @Override
        public String prefix() {
            return "/echo";
        }

        @Override
        public int maxBody() {
            return 8_000;
        }

        @Override
        public Document answer(Request request) {
            try {
                go.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            return new Document(200, "text/plain", request.body(), null);
        }
    }

    private static WireRig rig(Echo echo, Map<String, String> settings) {
        WireRig rig = new WireRig();
        rig.documents.add(echo);
        rig.run(settings);
        return rig;
    }

    private static Socket send(WireRig rig, String text) throws IOException {
        Socket socket = new Socket("127.0.0.1", rig.httpPort());
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /// A body of which one byte comes.
    private static final String BEGUN =
            "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 8000\r\n\r\na";

    private static HttpResponse<String> get(WireRig rig, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + rig.httpPort() + path))
                            .timeout(Duration.ofSeconds(1))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static void close(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /// 1 s is what a Kubernetes probe waits by default.
    @ParameterizedTest
    @ValueSource(ints = {70, 1_100})
    void probesAreAnsweredWhileRequestsWithoutTheirBodiesHoldEveryConnection(int count)
            throws Exception {
        List<Socket> held = new ArrayList<>();
        try (WireRig rig = rig(new Echo(0), Map.of())) {
            for (int i = 0; i < count; i++) {
                held.add(send(rig, BEGUN));
            }
            for (int i = 0; i < 5; i++) {
                assertThat(get(rig, "/livez").statusCode()).isEqualTo(200);
                assertThat(get(rig, "/readyz").statusCode()).isEqualTo(200);
                assertThat(get(rig, "/trust-bundle").statusCode()).isEqualTo(200);
            }
        } finally {
            close(held);
        }
    }

    @Test
    void probesAreAnsweredWhileEveryPlaceIsTaken() throws Exception {
        List<Socket> held = new ArrayList<>();
        Echo echo = new Echo(1);
        try (WireRig rig = rig(echo, Map.of("signet.http.max-requests", "2"))) {
            held.add(send(rig, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n"));
            held.add(send(rig, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n"));
            await().until(() -> get(rig, "/trust-bundle").statusCode() == 503);
            assertThat(get(rig, "/livez").statusCode()).isEqualTo(200);
            assertThat(get(rig, "/readyz").statusCode()).isEqualTo(200);
            echo.go.countDown();
            await().until(() -> get(rig, "/trust-bundle").statusCode() == 200);
        } finally {
            close(held);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET /livez HT", "GET /livez HTTP/1.1\r\nHost: x\r\n", BEGUN})
    void closesAConnectionWhoseRequestIsNotWholeInTime(String begun) throws Exception {
        try (WireRig rig = rig(new Echo(0), Map.of("signet.http.request-timeout", "300ms"));
                Socket socket = send(rig, begun)) {
            assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        }
    }

    @Test
    void aRequestThatTricklesInIsClosedInTimeAndWholeOnesGoOn() throws Exception {
        try (WireRig rig = rig(new Echo(0), Map.of("signet.http.request-timeout", "500ms"));
                Socket socket = send(rig, "GET /livez HTTP/1.1\r\n")) {
            Thread trickle =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    while (!Thread.interrupted()) {
                                        socket.getOutputStream()
                                                .write("a: b\r\n".getBytes(StandardCharsets.UTF_8));
                                        Thread.sleep(20);
                                    }
                                } catch (IOException | InterruptedException _) {
                                    // Its end.
                                }
                            });
            assertThat(ended(socket.getInputStream())).isTrue();
            trickle.interrupt();
            trickle.join();
            assertThat(get(rig, "/livez").statusCode()).isEqualTo(200);
        }
    }

    private static boolean ended(InputStream in) {
        try {
            return in.read() < 0;
        } catch (java.net.SocketTimeoutException _) {
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    @Test
    void requestsThatAreSentAtOnceAreAnsweredInTurn() throws Exception {
        try (WireRig rig = rig(new Echo(0), Map.of());
                Socket socket =
                        send(
                                rig,
                                "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"
                                        + "POST /echo HTTP/1.1\r\nHost: x\r\n"
                                        + "Transfer-Encoding: chunked\r\n\r\n"
                                        + "3\r\ntwo\r\n0\r\n\r\n"
                                        + "HEAD /livez HTTP/1.1\r\nHost: x\r\n\r\n"
                                        + "GET /livez?x HTTP/1.1\r\nHost: x\r\n"
                                        + "Connection: close\r\n\r\n")) {
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(all.split("HTTP/1.1 200 OK", -1)).hasSize(5);
            assertThat(all).containsSubsequence("one", "two", "content-length: 17", "live");
            assertThat(all.toLowerCase(java.util.Locale.ROOT)).contains("date: ");
        }
    }

    @Test
    void aBodyMayComeInManyParts() throws Exception {
        try (WireRig rig = rig(new Echo(0), Map.of());
                Socket socket =
                        send(
                                rig,
                                "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                        + "Content-Length: 8000\r\n\r\n")) {
            for (int i = 0; i < 8; i++) {
                socket.getOutputStream()
                        .write("x".repeat(1_000).getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
            }
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200 OK")
                    .endsWith("x".repeat(8_000));
        }
    }

    @Test
    void refusesWhatIsTooLongOrNoRequest() throws Exception {
        Map<String, String> refused =
                Map.of(
                        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 8001\r\n\r\n",
                        "413",
                        "GET /" + "a".repeat(20_000) + " HTTP/1.1\r\n\r\n",
                        "414",
                        "GET / HTTP/1.1\r\na: " + "a".repeat(20_000) + "\r\n\r\n",
                        "431",
                        "GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                        "400",
                        "POST /echo HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                        "400",
                        "POST /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                        "405");
        try (WireRig rig = rig(new Echo(0), Map.of())) {
            for (var each : refused.entrySet()) {
                try (Socket socket = send(rig, each.getKey())) {
                    assertThat(
                                    new String(
                                            socket.getInputStream().readAllBytes(),
                                            StandardCharsets.UTF_8))
                            .startsWith("HTTP/1.1 " + each.getValue());
                }
            }
        }
    }
}
