package dev.signet.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.FakeAdminApi;
import dev.signet.cli.TestPki;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The client against an HTTPS server that misbehaves as told.
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class AdminClientIT {

    private static final TestPki PKI = new TestPki();
    private static final AdminTimes QUICK =
            new AdminTimes(
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    4,
                    Duration.ofMillis(1),
                    Duration.ofSeconds(2));
    private static final String JSON = "application/json";
    private static final String PROBLEM = "application/problem+json";

    @TempDir Path directory;
    private FakeAdminApi api;

    @BeforeEach
    void start() throws Exception {
        api = new FakeAdminApi(PKI.server());
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private AdminTarget target() throws IOException {
        Path credential = Files.writeString(directory.resolve("operator"), "secret-of-operator\n");
        return new AdminTarget(
                AdminTarget.address(api.url()),
                PKI.bundle(directory.resolve("bundle.pem")),
                new AdminCredential.OperatorFile(credential));
    }

    private AdminClient client() throws IOException {
        return AdminClient.connect(target(), QUICK);
    }

    private static CommandFailedException failure(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(CommandFailedException.class, call);
    }

    @Test
    void asksWithTheOperatorCredentialAndReadsTheAnswer() throws Exception {
        api.on(
                "GET /v1/me",
                FakeAdminApi.answer(200, JSON, "{\"subject\":\"é\"}", "ETag", "\"7\""));
        try (AdminClient client = client()) {
            AdminAnswer answer = client.send(AdminRequest.get("/v1/me").with("a b", "ü&="));
            assertThat(answer.body().path("subject").asString()).isEqualTo("é");
            assertThat(answer.etag()).isEqualTo("\"7\"");
        }
        FakeAdminApi.Asked asked = api.asked().getFirst();
        assertThat(asked.header("Authorization")).isEqualTo("Operator secret-of-operator");
        assertThat(asked.target()).isEqualTo("/v1/me?a%20b=%C3%BC%26%3D");
        assertThat(asked.headers()).doesNotContainKey("Idempotency-key");
    }

    @Test
    void aClientCertificateIsShownAndNothingElse() throws Exception {
        api.json("GET /v1/me", 200, "{}");
        Path identity =
                PKI.client(
                        directory.resolve("identity.pem"),
                        "spiffe://test.signet/ops",
                        Duration.ofMinutes(1),
                        Duration.ofHours(1));
        AdminTarget target =
                new AdminTarget(
                        AdminTarget.address(api.url()),
                        PKI.bundle(directory.resolve("bundle.pem")),
                        new AdminCredential.Certificate(identity, identity));
        try (AdminClient client = AdminClient.connect(target, QUICK)) {
            client.send(AdminRequest.get("/v1/me"));
        }
        assertThat(api.asked().getFirst().peer()).isEqualTo("CN=client");
        assertThat(api.asked().getFirst().headers()).doesNotContainKey("Authorization");
    }

    @ParameterizedTest
    @CsvSource({
        "400, INVALID_ARGUMENT, 1",
        "401, UNAUTHENTICATED, 4",
        "403, NOT_PERMITTED, 4",
        "403, SECOND_PERSON_REQUIRED, 4",
        "404, NOT_FOUND, 1",
        "409, CONFLICT, 1",
        "412, PRECONDITION_FAILED, 1",
        "422, POLICY_NOT_ACCEPTED, 5",
        "429, LOGIN_THROTTLED, 3",
        "500, '', 1",
        "503, LEDGER_UNAVAILABLE, 3"
    })
    void aProblemIsToldWithItsCodeAndEndsTheCommandAccordingly(
            int status, String code, int exitCode) throws Exception {
        api.problem(
                "GET /v1/me",
                status,
                """
                {"title":"t","status":%d,"detail":"What was wrong.",%s"id":"17"}
                """
                        .formatted(status, code.isEmpty() ? "" : "\"code\":\"" + code + "\","));
        try (AdminClient client = client()) {
            CommandFailedException failure = failure(() -> client.send(AdminRequest.get("/v1/me")));
            assertThat(failure.exitCode()).isEqualTo(exitCode);
            assertThat(failure.code()).isEqualTo(code.isEmpty() ? "SERVER_FAULT" : code);
            assertThat(failure).hasMessageContaining("What was wrong.").hasMessageContaining("17");
            assertThat(failure.getMessage()).doesNotContain("secret-of-operator");
        }
    }

    @Test
    void eachFindingIsALineThatAnEditorFinds() throws Exception {
        api.problem(
                "POST /v1/policies",
                422,
                """
                {"status":422,"code":"POLICY_NOT_ACCEPTED","detail":"The document has errors.",
                 "errors":[{"line":3,"column":7,"message":"no such variable"},
                           {"field":"reason","message":"it is missing"}]}
                """);
        try (AdminClient client = client()) {
            CommandFailedException failure =
                    failure(() ->
                            client.send(
                                    AdminRequest.post("/v1/policies", Map.of("document", "x"))
                                            .about("policy.yaml")));
            assertThat(failure.getMessage().lines())
                    .contains("policy.yaml:3:7: no such variable", "reason: it is missing");
            assertThat(failure.errors().getFirst())
                    .containsEntry("line", 3)
                    .containsEntry("column", 7);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "200, text/html, <html>",
        "200, application/json, '{\"a\":'",
        "302, text/plain, elsewhere",
        "502, text/html, <html>",
        "401, text/plain, who"
    })
    void whatIsNoAdminApiIsNotBelieved(int status, String type, String body) throws Exception {
        api.on(
                "GET /v1/me",
                FakeAdminApi.answer(status, type, body, "Location", api.url() + "/v1/other"));
        try (AdminClient client = client()) {
            CommandFailedException failure = failure(() -> client.send(AdminRequest.get("/v1/me")));
            assertThat(failure.code()).isEqualTo("NOT_THE_ADMIN_API");
            assertThat(failure.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        }
        assertThat(api.asked()).hasSize(1);
    }

    @Test
    void anAnswerWithoutEndIsNotKeptInMemory() throws Exception {
        api.on(
                "GET /v1/me",
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    byte[] block = "x".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
                    while (true) {
                        exchange.getResponseBody().write(block);
                    }
                });
        try (AdminClient client = client()) {
            CommandFailedException failure = failure(() -> client.send(AdminRequest.get("/v1/me")));
            assertThat(failure.code()).isEqualTo("NOT_THE_ADMIN_API");
        }
        assertThat(api.asked()).hasSize(1);
    }

    @Test
    void aSlowServerIsWaitedForSoLongAndAskedOnce() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        api.on(
                "POST /v1/join-tokens",
                exchange -> {
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        AdminTimes impatient =
                new AdminTimes(
                        Duration.ofSeconds(5),
                        Duration.ofMillis(300),
                        Duration.ofSeconds(1),
                        4,
                        Duration.ofMillis(1),
                        Duration.ofSeconds(1));
        try (AdminClient client = AdminClient.connect(target(), impatient)) {
            CommandFailedException failure =
                    failure(() ->
                            client.send(AdminRequest.post("/v1/join-tokens", Map.of("a", "b"))));
            assertThat(failure.code()).isEqualTo("DEADLINE_EXCEEDED");
            assertThat(failure.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
            assertThat(failure).hasMessageContaining("look before you repeat");
        } finally {
            end.countDown();
        }
        assertThat(api.asked()).hasSize(1);
    }

    @Test
    void aWriteThatWasSentBeforeTheServerWentAwayHasAnUnknownOutcome() throws Exception {
        AdminTarget target = target();
        api.on(
                "POST /v1/join-tokens",
                exchange -> {
                    api.close();
                    throw new IOException("lost");
                });
        try (AdminClient client = AdminClient.connect(target, QUICK)) {
            CommandFailedException failure =
                    failure(() -> client.send(AdminRequest.post("/v1/join-tokens", Map.of())));
            assertThat(failure.code()).isEqualTo("OUTCOME_UNKNOWN");
            assertThat(failure)
                    .hasMessageContaining("the outcome is unknown")
                    .hasMessageContaining("signet audit list");
            assertThat(String.valueOf(failure.getMessage())).doesNotContain("Is it running");
        }
        try (AdminClient client = AdminClient.connect(target, QUICK)) {
            assertThat(failure(() -> client.send(AdminRequest.post("/v1/x", Map.of()))))
                    .as("never sent")
                    .hasMessageContaining("no server answers at");
        }
    }

    @Test
    void aServerOfAnotherCaGetsNothing() throws Exception {
        AdminTarget target =
                new AdminTarget(
                        AdminTarget.address(api.url()),
                        new TestPki().bundle(directory.resolve("other.pem")),
                        target().credential());
        try (AdminClient client = AdminClient.connect(target, QUICK)) {
            CommandFailedException failure = failure(() -> client.send(AdminRequest.get("/v1/me")));
            assertThat(failure.code()).isEqualTo("CA_CERTIFICATE_NOT_TRUSTED");
            assertThat(failure.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        }
        assertThat(api.asked()).isEmpty();
    }

    @Test
    void aServerForAnotherHostGetsNothing() throws Exception {
        AdminTarget target =
                new AdminTarget(
                        AdminTarget.address("https://127.0.0.1:" + api.port()),
                        target().bundle(),
                        target().credential());
        try (AdminClient client = AdminClient.connect(target, QUICK)) {
            assertThat(failure(() -> client.send(AdminRequest.get("/v1/me"))).code())
                    .isEqualTo("CA_CERTIFICATE_NOT_TRUSTED");
        }
        assertThat(api.asked()).isEmpty();
    }

    @Test
    void nobodyThereIsSaidAtOnce() throws Exception {
        AdminTarget target = target();
        api.close();
        try (AdminClient client = AdminClient.connect(target, QUICK)) {
            CommandFailedException failure = failure(() -> client.send(AdminRequest.get("/v1/me")));
            assertThat(failure).hasMessageContaining("no server answers at " + api.url());
            assertThat(failure.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        }
    }

    @Test
    void aWriteIsRepeatedWithTheSameKeyUntilItIsAnswered() throws Exception {
        api.on("POST /v1/x", FakeAdminApi.answer(503, PROBLEM, "{}", "Retry-After", "1"))
                .on("POST /v1/x", FakeAdminApi.lost())
                .on(
                        "POST /v1/x",
                        FakeAdminApi.answer(
                                409,
                                PROBLEM,
                                "{\"status\":409,\"code\":\"CONFLICT\",\"detail\":\"under way\"}",
                                "Retry-After",
                                "1"))
                .on("POST /v1/x", FakeAdminApi.answer(201, JSON, "{\"ok\":true}"));
        try (AdminClient client = client()) {
            AdminAnswer answer = client.send(AdminRequest.post("/v1/x", Map.of("a", "b")));
            assertThat(answer.body().path("ok").asBoolean()).isTrue();
        }
        List<String> keys =
                api.asked().stream().map(asked -> asked.header("Idempotency-Key")).toList();
        assertThat(keys).hasSize(4);
        assertThat(keys.stream().distinct()).hasSize(1);
        assertThat(keys.getFirst()).matches("[0-9a-f-]{36}");
    }

    @Test
    void anotherWriteHasAnotherKey() throws Exception {
        api.json("POST /v1/x", 200, "{}");
        try (AdminClient client = client()) {
            client.send(AdminRequest.post("/v1/x", Map.of()));
            client.send(AdminRequest.post("/v1/x", Map.of()));
        }
        assertThat(api.asked().get(0).header("Idempotency-Key"))
                .isNotEqualTo(api.asked().get(1).header("Idempotency-Key"));
    }

    @Test
    void attemptsEnd() throws Exception {
        api.on("GET /v1/me", FakeAdminApi.lost());
        try (AdminClient client = client()) {
            assertThat(failure(() -> client.send(AdminRequest.get("/v1/me"))).exitCode())
                    .isEqualTo(ExitCode.UNREACHABLE);
        }
        // The JDK's client repeats a GET once by itself when the connection breaks.
        assertThat(api.asked()).hasSizeBetween(4, 8);
    }

    @Test
    void aServerThatRequestsALongPauseIsNotWaitedFor() throws Exception {
        api.on(
                "GET /v1/me",
                FakeAdminApi.answer(
                        429,
                        PROBLEM,
                        """
                        {"status":429,"code":"LOGIN_THROTTLED","detail":"d","retryAfterSeconds":60}
                        """,
                        "Retry-After",
                        "60"));
        try (AdminClient client = client()) {
            assertThat(failure(() -> client.send(AdminRequest.get("/v1/me"))))
                    .hasMessageContaining("Try again in 60 s");
        }
        assertThat(api.asked()).hasSize(1);
    }

    @Test
    void aChangeIsBasedOnTheStateThatWasRead() throws Exception {
        api.on("GET /v1/suspension", FakeAdminApi.answer(200, JSON, "{}", "ETag", "\"12\""));
        api.json("PUT /v1/suspension", 202, "{\"id\":\"a\"}");
        try (AdminClient client = client()) {
            AdminAnswer answer =
                    client.change(
                            "/v1/suspension",
                            AdminRequest.put("/v1/suspension", Map.of("reason", "r")));
            assertThat(answer.pending()).isTrue();
        }
        assertThat(api.asked().get(1).header("If-Match")).isEqualTo("\"12\"");
        assertThat(api.asked().get(1).body()).isEqualTo("{\"reason\":\"r\"}");
    }

    @Test
    void pagesAreFollowedToTheLimit() throws Exception {
        api.json("GET /v1/x", 200, "{\"items\":[1,2],\"nextPageToken\":\"p2\"}");
        api.json("GET /v1/x", 200, "{\"items\":[3,4],\"nextPageToken\":\"p3\"}");
        try (AdminClient client = client()) {
            List<JsonNode> items = AdminPages.items(client, AdminRequest.get("/v1/x"), 3);
            assertThat(items.stream().map(JsonNode::asInt)).containsExactly(1, 2, 3);
        }
        assertThat(api.asked().stream().map(FakeAdminApi.Asked::target))
                .containsExactly("/v1/x?limit=3", "/v1/x?limit=1&pageToken=p2");
    }

    @Test
    void aStreamIsReadAsItComesAndNotKept() throws Exception {
        int lines = 50_000;
        api.on(
                "GET /v1/export",
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    byte[] line =
                            ("{\"a\":\"" + "x".repeat(90) + "\"}\n")
                                    .getBytes(StandardCharsets.US_ASCII);
                    for (int i = 0; i < lines; i++) {
                        exchange.getResponseBody().write(line);
                    }
                    exchange.close();
                });
        int[] count = {0};
        try (AdminClient client = client()) {
            client.stream(
                    AdminRequest.get("/v1/export"),
                    "application/x-ndjson",
                    in -> AdminLines.read(in, _ -> count[0]++));
        }
        assertThat(count[0]).isEqualTo(lines);
        assertThat(api.asked().getFirst().header("Accept")).startsWith("application/x-ndjson");
    }

    @Test
    void aStreamThatIsCutOffDoesNotLookWhole() throws Exception {
        api.on(
                "GET /v1/export",
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody()
                            .write("{}\n{}\n".getBytes(StandardCharsets.US_ASCII));
                    exchange.getResponseBody().flush();
                    throw new IOException("cut");
                });
        List<JsonNode> seen = new ArrayList<>();
        try (AdminClient client = client()) {
            CommandFailedException failure =
                    failure(() ->
                            client.stream(
                                    AdminRequest.get("/v1/export"),
                                    "application/x-ndjson",
                                    in -> AdminLines.read(in, seen::add)));
            assertThat(failure.code()).isEqualTo("INCOMPLETE");
            assertThat(failure.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        }
        assertThat(seen).hasSize(2);
    }

    @Test
    void aStreamThatStallsIsLeft() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        api.on(
                "GET /v1/export",
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write('\n');
                    exchange.getResponseBody().flush();
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        AdminTimes impatient =
                new AdminTimes(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(10),
                        Duration.ofMillis(200),
                        1,
                        Duration.ofMillis(1),
                        Duration.ofSeconds(1));
        try (AdminClient client = AdminClient.connect(target(), impatient)) {
            assertThat(
                            failure(() ->
                                    client.stream(
                                            AdminRequest.get("/v1/export"),
                                            "application/x-ndjson",
                                            in -> AdminLines.read(in, _ -> {}))))
                    .hasMessageContaining("nothing came");
        } finally {
            end.countDown();
        }
    }

    @Test
    void aRefusedStreamIsAProblemAsAnyOther() throws Exception {
        api.problem(
                "GET /v1/export",
                403,
                "{\"status\":403,\"code\":\"NOT_PERMITTED\",\"detail\":\"Your roles do not.\"}");
        try (AdminClient client = client()) {
            assertThat(
                            failure(() ->
                                            client.stream(
                                                    AdminRequest.get("/v1/export"),
                                                    "text/csv",
                                                    _ -> {}))
                                    .exitCode())
                    .isEqualTo(ExitCode.NOT_PERMITTED);
        }
    }
}
