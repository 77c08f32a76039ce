package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.Certificate;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

class SignetCliTest {

    @TempDir Path directory;

    @Test
    void helpNamesEveryCommandAndEveryExitCode() {
        Run help = Run.signet("--help");
        assertThat(help.code()).isEqualTo(ExitCode.OK);
        assertThat(help.out())
                .contains("demo", "server", "token", "issue", "inspect", "certificates")
                .contains("policy", "audit", "issuance", "approvals", "login", "context")
                .contains("Exit codes:")
                .containsPattern("(?s)  0 .*  1 .*  2 .*  3 .*  4 .*  5 .*  6 ")
                .doesNotContain("aot-train");
        assertThat(help.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "server",
                "token create",
                "token list",
                "token revoke",
                "issue",
                "renew",
                "inspect",
                "certificates list",
                "certificates show",
                "certificates export",
                "policy validate",
                "policy apply",
                "policy list",
                "policy show",
                "policy explain",
                "policy replay",
                "policy activate",
                "policy rollback",
                "crl list",
                "revoke",
                "revoke-own",
                "revocations list",
                "revocations show",
                "revocations jobs",
                "revocations cancel",
                "blocks list",
                "blocks create",
                "blocks release",
                "profiles list",
                "profiles show",
                "audit list",
                "audit tail",
                "issuance status",
                "issuance suspend",
                "issuance resume",
                "approvals list",
                "approvals show",
                "approvals approve",
                "approvals reject",
                "whoami",
                "login",
                "context add",
                "context list",
                "context use",
                "context show",
                "context remove"
            })
    void everyCommandHasHelpAndJson(String command) {
        Run help = Run.signet((command + " --help").split(" "));
        assertThat(help.code()).isEqualTo(ExitCode.OK);
        assertThat(help.out()).contains("Usage: signet " + command).contains("--json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tokn",
                "nosuch --help",
                "certificates lst --help",
                "token create --spiffe-i x --help",
                "token",
                "token create",
                "token create --spiffe-id spiffe://a.b/c --ttl 10",
                "issue --out x",
                "issue --token a --token-file b --out x",
                "issue --token a --out x --key-type p255",
                "inspect",
                "certificates",
                "certificates list --limit 0",
                "token create --spiffe-id spiffe://a.b/c --count 0",
                "certificates list --issued-from yesterday --data-dir x",
                "certificates show",
                "certificates show 6a2f",
                "certificates show ab --pem --json",
                "certificates export --format xml",
                "server --grpc-port many",
                "server --database-user u",
                "policy",
                "policy apply x.yaml",
                "policy replay active --from 7d",
                "audit list --limit 0",
                "audit tail -n -1",
                "issuance",
                "issuance suspend",
                "login",
                "login --join-token a --join-token-file b",
                "whoami --context a --data-dir b"
            })
    void aWrongCommandLineIsSaidOnStderrWithCode2(String line) {
        Run run = Run.signet(line.isEmpty() ? new String[0] : line.split(" "));
        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("signet: ");
    }

    @Test
    void aWordThatIsNoCommandIsCalledSoAndTheNearestIsNamed() {
        Run run = Run.signet("certificate", "lst", "--help");
        assertThat(run.err()).contains("there is no command 'signet certificates lst'", "list");
        assertThat(Run.signet("tokne").err()).contains("no command 'signet tokne'", "token");
    }

    @Test
    void theVersionIsThatOfTheJarAlsoWhereTheClassDoesNotSay() throws Exception {
        Path jar = directory.resolve("a.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, "1.2.3");
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        assertThat(
                        SignetCli.Version.ofJar(
                                new CodeSource(jar.toUri().toURL(), (Certificate[]) null)))
                .isEqualTo("1.2.3");
        assertThat(
                        SignetCli.Version.ofJar(
                                new CodeSource(directory.toUri().toURL(), (Certificate[]) null)))
                .isNull();
    }

    @Test
    void withoutAServerTheAnswerSaysHowToStartOneWithCode3() {
        Run run =
                Run.signet(
                        "token",
                        "create",
                        "--spiffe-id",
                        "spiffe://a.b/c",
                        "--data-dir",
                        directory.resolve("none").toString());
        assertThat(run.code()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("no server has been started in").contains("signet server");
    }

    @Test
    void aFailureIsJsonWhereJsonWasAskedFor() {
        Run run = Run.signet("inspect", "--json", directory.resolve("none").toString());
        assertThat(run.code()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("\"code\": \"NO_SUCH_FILE\"");
    }

    @Test
    void E32_inspectSaysWhetherTheServerReadsARequestAndPrintsNothingElse() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair pair = generator.generateKeyPair();
        Path file =
                Files.write(
                        directory.resolve("a.csr"),
                        new JcaPKCS10CertificationRequestBuilder(
                                        new X500Name("CN=x"), pair.getPublic())
                                .build(
                                        new JcaContentSignerBuilder("SHA256withECDSA")
                                                .build(pair.getPrivate()))
                                .getEncoded());
        Run run = Run.signet("inspect", "--json", file.toString());
        assertThat(run.code()).isZero();
        assertThat(run.out().strip()).startsWith("[").endsWith("]");
        assertThat(run.out()).contains("\"read_by_server\": true");
        assertThat(run.err()).isEmpty();
        assertThat(Run.signet("inspect", file.toString()).out()).contains("Server reads it");
    }

    @Test
    void aMessageCannotDriveTheTerminal() throws Exception {
        Path file = Files.writeString(directory.resolve("a\u001b[31mb"), "x");
        Run run = Run.signet("inspect", file.toString());
        assertThat(run.err()).doesNotContain("\u001b").contains("a?[31mb");
    }
}
