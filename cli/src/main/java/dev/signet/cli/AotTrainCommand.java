package dev.signet.cli;

import dev.signet.cli.home.DataDirectory;
import dev.signet.cli.output.Progress;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.postgres.Directories;
import dev.signet.cli.remote.OperatorClient;
import dev.signet.cli.server.LocalServer;
import dev.signet.cli.server.ServerLog;
import dev.signet.client.CaAddress;
import dev.signet.client.CaClient;
import dev.signet.client.ClientOptions;
import dev.signet.client.CredentialSource;
import dev.signet.client.FirstTrust;
import dev.signet.client.IssueRequest;

import picocli.CommandLine.Command;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/// Uses what a server and the other commands use, so that the JVM that watches it learns what to
/// keep ready. For the launcher.
@Command(name = "aot-train", hidden = true, description = "Train the AOT cache.")
final class AotTrainCommand implements Callable<Integer> {

    private static final int ISSUANCES = 300;
    private static final Duration AT_MOST = Duration.ofSeconds(10);
    private static final String IDENTITY = "spiffe://train.signet/ns/shop/sa/orders";

    private final Terminal terminal;
    private final InstantSource clock;

    AotTrainCommand(Terminal terminal, InstantSource clock) {
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        Path scratch = Files.createTempDirectory("signet-training-");
        ServerLog.toFileOnly(scratch.resolve("server.log"));
        try (Progress progress = new Progress(terminal);
                LocalServer server =
                        LocalServer.start(
                                DataDirectory.at(scratch),
                                "train.signet",
                                null,
                                Map.of(
                                        "signet.grpc.port", "0",
                                        "signet.grpc.address", "127.0.0.1",
                                        "signet.http.port", "0",
                                        "signet.http.address", "127.0.0.1",
                                        "signet.admin.port", "0",
                                        "signet.admin.address", "127.0.0.1",
                                        "signet.stop.drain-time", "0s"),
                                new SecureRandom(),
                                progress)) {
            commands(scratch);
            progress.say("issuing certificates");
            issuances(scratch, "localhost:" + server.grpcPort());
            progress.say("writing what was learnt");
        } finally {
            Directories.delete(scratch);
        }
        return ExitCode.OK;
    }

    private void commands(Path scratch) {
        String data = scratch.toString();
        String files = scratch.resolve("files").toString();
        Path token = scratch.resolve("token");
        try (OperatorClient operator = operator(scratch)) {
            Files.writeString(token, operator.createJoinToken(IDENTITY, null).getToken());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        run("token", "create", "--data-dir", data, "--spiffe-id", IDENTITY);
        run("issue", "--data-dir", data, "--token-file", token.toString(), "--out", files);
        run("inspect", files + "/cert.pem");
        run("certificates", "list", "--data-dir", data);
        run("--help");
    }

    private void run(String... arguments) {
        PrintStream nowhere =
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        int code = SignetCli.run(Terminal.plain(nowhere, nowhere), clock, arguments);
        if (code != ExitCode.OK) {
            throw new CommandFailedException(
                    "TRAINING", String.join(" ", arguments) + ": exit code " + code);
        }
    }

    private static void issuances(Path scratch, String address) throws IOException {
        CaClient client =
                new CaClient(
                        List.of(CaAddress.parse(address)),
                        FirstTrust.bundleFile(DataDirectory.at(scratch).bundle()),
                        ClientOptions.DEFAULTS);
        Path files = scratch.resolve("files");
        CredentialSource certificate =
                CredentialSource.certificateFiles(
                        files.resolve("cert.pem"), files.resolve("key.pem"));
        long deadline = System.nanoTime() + AT_MOST.toNanos();
        try (OperatorClient operator = operator(scratch)) {
            for (int i = 0; i < ISSUANCES && System.nanoTime() < deadline; i++) {
                client.issue(
                        i % 2 == 0
                                ? CredentialSource.joinToken(
                                        operator.createJoinToken(IDENTITY, null).getToken())
                                : certificate,
                        IssueRequest.DEFAULTS);
            }
        }
    }

    private static OperatorClient operator(Path scratch) throws IOException {
        DataDirectory directory = DataDirectory.at(scratch);
        return OperatorClient.connect(
                directory.address(),
                directory.bundle(),
                Files.readString(directory.operatorCredential()).strip());
    }
}
