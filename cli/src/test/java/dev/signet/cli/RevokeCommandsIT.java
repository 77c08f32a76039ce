package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.cli.output.Json;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// `signet revoke`, `revocations` and `blocks` against an admin API that answers what it was told
/// to.
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class RevokeCommandsIT {

    private static final TestPki PKI = new TestPki();
    private static final String SERIAL = "6a2f00000000000000000000000000000000beef";
    private static final String REVOCATION =
            """
            {"serialNumber":"%s","sequence":7,"authorityId":"a1",
             "spiffeId":"spiffe://test.signet/ns/shop/sa/orders","notAfter":"2026-01-31T13:00:00Z",
             "onRecord":true,"reason":"keyCompromise","comment":"stolen",
             "by":{"kind":"oidc","subject":"anna"},"revokedAt":"2026-01-31T12:00:00Z"}
            """
                    .formatted(SERIAL);
    private static final String PREVIEW =
            """
            {"count":3,"exact":true,"asOf":"2026-01-31T12:00:00Z","token":"t.3.x",
             "sample":[{"serialNumber":"%s","spiffeId":"spiffe://test.signet/a"}]}
            """
                    .formatted(SERIAL);

    @TempDir Path directory;
    private FakeAdminApi api;
    private InputStream stdin;

    @BeforeEach
    void start() throws Exception {
        api = new FakeAdminApi(PKI.server());
        stdin = System.in;
    }

    @AfterEach
    void stop() {
        System.setIn(stdin);
        api.close();
    }

    private Run signet(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(
                List.of(
                        "--server",
                        api.url(),
                        "--bundle",
                        PKI.bundle(directory.resolve("bundle.pem")).toString(),
                        "--credential",
                        Files.writeString(directory.resolve("operator"), "secret\n").toString()));
        return Run.signet(all.toArray(String[]::new));
    }

    private static void type(String text) {
        System.setIn(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private JsonNode sent(int request) {
        return Json.read(api.asked().get(request).body());
    }

    private Run many(String... more) throws IOException {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "revoke",
                                "--prefix",
                                "spiffe://test.signet/ns/",
                                "--reason",
                                "keyCompromise",
                                "--comment",
                                "stolen"));
        all.addAll(Arrays.asList(more));
        return signet(all.toArray(String[]::new));
    }

    @Test
    void revokesOneBySerialNumberOrFingerprint() throws Exception {
        api.json(
                "POST /v1/revocations",
                200,
                "{\"changed\":true,\"revocation\":" + REVOCATION + "}");
        api.json(
                "POST /v1/revocations",
                200,
                "{\"changed\":false,\"revocation\":" + REVOCATION + "}");
        Run run =
                signet(
                        "revoke",
                        SERIAL.toUpperCase(java.util.Locale.ROOT),
                        "--reason",
                        "keyCompromise",
                        "--comment",
                        "stolen",
                        "--block");
        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("revoked " + SERIAL);
        assertThat(sent(0).path("serialNumber").stringValue("")).isEqualTo(SERIAL);
        assertThat(sent(0).path("block").asBoolean(false)).isTrue();
        Run again =
                signet("revoke", "--fingerprint", "AA:BB", "--reason", "superseded", "--comment=x");
        assertThat(again.out()).contains("was revoked before");
        assertThat(sent(1).path("sha256").stringValue("")).isEqualTo("aabb");
    }

    @Test
    void previewsAndRevokesNothing() throws Exception {
        api.json("POST /v1/revocation-jobs/preview", 200, PREVIEW);
        Run run =
                signet("revoke", "--policy-rule", "r", "--issued-from", "2026-01-31", "--preview");
        assertThat(run.code()).isEqualTo(ExitCode.OK);
        assertThat(run.err()).contains("3 certificates", SERIAL);
        assertThat(sent(0).path("selector").path("policyRule").stringValue("")).isEqualTo("r");
        assertThat(sent(0).path("selector").path("issuedFrom").stringValue(""))
                .isEqualTo("2026-01-31T00:00:00Z");
        assertThat(api.asked()).hasSize(1);
    }

    @Test
    void asksBeforeItRevokesMany() throws Exception {
        api.json("POST /v1/revocation-jobs/preview", 200, PREVIEW);
        type("no\n");
        Run no = many();
        assertThat(no.code()).isEqualTo(ExitCode.ANSWER_IS_NO);
        assertThat(no.err()).contains("Revoke 3 permanently?", "nothing was revoked");
        type("");
        assertThat(many().code()).isEqualTo(ExitCode.USAGE);
        assertThat(api.asked()).hasSize(2);
    }

    @Test
    void revokesWhatWasCountedAndWaitsUntilItIsDone() throws Exception {
        api.json("POST /v1/revocation-jobs/preview", 200, PREVIEW);
        api.json("POST /v1/revocation-jobs", 201, "{\"id\":\"j1\",\"state\":\"running\"}");
        api.json(
                "GET /v1/revocation-jobs/j1",
                200,
                "{\"id\":\"j1\",\"state\":\"running\",\"revoked\":1}");
        api.json(
                "GET /v1/revocation-jobs/j1",
                200,
                "{\"id\":\"j1\",\"state\":\"done\",\"revoked\":3}");
        Run run = many("--yes", "--rate", "5");
        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.err()).contains("revoked 3");
        assertThat(api.asked().get(1).header("If-Match")).isEqualTo("\"t.3.x\"");
        assertThat(sent(1).path("rate").asInt(0)).isEqualTo(5);
        assertThat(sent(1).path("selector")).isEqualTo(sent(0).path("selector"));
    }

    @Test
    void saysThatItWaitsForASecondPerson() throws Exception {
        api.json("POST /v1/revocation-jobs/preview", 200, PREVIEW);
        api.json("POST /v1/revocation-jobs", 202, "{\"id\":\"p1\",\"act\":\"revocation.bulk\"}");
        Run run = many("--yes");
        assertThat(run.code()).isEqualTo(ExitCode.PENDING);
        assertThat(run.out()).contains("signet approvals approve p1");
    }

    @Test
    void refusesACommandLineThatDoesNotSayWhich() throws Exception {
        assertThat(signet("revoke", "--reason", "superseded", "--comment", "x").code())
                .isEqualTo(ExitCode.USAGE);
        assertThat(signet("revoke", SERIAL, "--fingerprint", "aa").code())
                .isEqualTo(ExitCode.USAGE);
        assertThat(signet("revoke", SERIAL).code()).isEqualTo(ExitCode.USAGE);
        assertThat(signet("revoke", "--prefix", "spiffe://a/b", "--preview").code())
                .isEqualTo(ExitCode.USAGE);
        assertThat(api.asked()).isEmpty();
    }

    @Test
    void listsRevocationsJobsAndBlocks() throws Exception {
        api.json("GET /v1/revocations", 200, "{\"items\":[" + REVOCATION + "]}");
        assertThat(signet("revocations", "list", "--reason", "keyCompromise").out())
                .contains(SERIAL, "oidc:anna");
        assertThat(api.asked().getFirst().target()).contains("reason=keyCompromise");
        api.json("GET /v1/revocations/" + SERIAL, 200, REVOCATION);
        assertThat(signet("revocations", "show", SERIAL).out()).contains("stolen");
        api.json(
                "GET /v1/blocks",
                200,
                "{\"items\":[{\"number\":4,\"target\":\"spiffe://a/b/\",\"state\":\"in-force\"}]}");
        assertThat(signet("blocks", "list").out()).contains("spiffe://a/b/");
        api.json("POST /v1/blocks/4/release", 200, "{\"number\":4}");
        assertThat(signet("blocks", "release", "4", "--reason", "over").out())
                .contains("released block 4");
        api.json("POST /v1/blocks", 201, "{\"number\":5}");
        assertThat(signet("blocks", "create", "spiffe://a/c", "--reason", "x").out())
                .contains("blocked spiffe://a/c");
        api.json("POST /v1/revocation-jobs/j1/cancellation", 200, "{\"id\":\"j1\"}");
        assertThat(signet("revocations", "cancel", "j1", "--reason", "x").code())
                .isEqualTo(ExitCode.OK);
    }
}
