package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The commands against a CA whose root and issuing CA have Ed25519 keys, with netty-tcnative on
/// the class path as in the distribution.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class Ed25519AuthorityIT {

    private static final String ORDERS = "spiffe://test.signet/ns/shop/sa/orders";

    @TempDir static Path directory;
    private static PostgresProcess postgres;
    private static ServerProcess server;

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresProcess.start(directory.resolve("postgres"));
        server =
                ServerProcess.start(
                        directory.resolve("data"),
                        postgres,
                        Map.of(
                                "signet.authority.root-key-type",
                                "ED25519",
                                "signet.authority.issuing-key-type",
                                "ED25519"));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        postgres.close();
    }

    private static Run ok(String... arguments) {
        Run run = Run.signet(arguments);
        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.OK);
        return run;
    }

    @Test
    void everyKindOfKeyIsIssuedAndRevokesItself() {
        String data = directory.resolve("data").toString();
        for (String type : List.of("p256", "p384", "ed25519", "rsa-2048")) {
            String token =
                    ok("token", "create", "--data-dir", data, "--spiffe-id", ORDERS).out().strip();
            Path files = directory.resolve(type);
            ok(
                    "issue",
                    "--data-dir",
                    data,
                    "--token",
                    token,
                    "--out",
                    files.toString(),
                    "--key-type",
                    type);
            ok(
                    "revoke-own",
                    "--data-dir",
                    data,
                    "--cert",
                    files.resolve("cert.pem").toString(),
                    "--key",
                    files.resolve("key.pem").toString(),
                    "--reason",
                    "superseded");
        }
        assertThat(ok("certificates", "list", "--data-dir", data).out()).contains(ORDERS);
    }
}
