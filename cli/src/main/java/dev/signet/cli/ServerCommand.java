package dev.signet.cli;

import dev.signet.cli.home.DataDirectory;
import dev.signet.cli.output.Json;
import dev.signet.cli.output.Progress;
import dev.signet.cli.output.Style;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.postgres.LocalPostgres;
import dev.signet.cli.server.DatabaseOptions;
import dev.signet.cli.server.LocalServer;
import dev.signet.cli.server.ServerLog;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

@Command(
        name = "server",
        description = {
            "Run the CA in the foreground, until Ctrl-C or SIGTERM.",
            "Without --database-url with an embedded PostgreSQL, whose data stays in the data"
                    + " directory."
        })
final class ServerCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Keys, database, log, and what other commands need (default: ~/.signet).")
    private Path dataDirectory = DataDirectory.defaultPath();

    @Option(
            names = "--trust-domain",
            paramLabel = "NAME",
            description = "Trust domain of all identities (default: ${DEFAULT-VALUE}).")
    private String trustDomain = "signet.local";

    @Option(
            names = "--grpc-port",
            paramLabel = "PORT",
            description = "gRPC over TLS (default: ${DEFAULT-VALUE}; 0: any free port).")
    private int grpcPort = 8443;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            description =
                    "Trust bundle, health, metrics (default: ${DEFAULT-VALUE}; 0: any free port).")
    private int httpPort = 8080;

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            description = "Admin API, HTTPS (default: ${DEFAULT-VALUE}; 0: any free port).")
    private int adminPort = 9443;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            description =
                    "Address of all ports; 0.0.0.0: all (default: 127.0.0.1 with the embedded"
                            + " PostgreSQL, else all).")
    private String listen = "";

    @ArgGroup(exclusive = false)
    private @Nullable DatabaseOptions database;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "Any setting of docs/configuration.md; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML file with settings of docs/configuration.md.")
    private @Nullable Path configuration;

    @Option(names = "--verbose", description = "Show the whole log, not only warnings.")
    private boolean verbose;

    @Mixin private OutputOptions output;

    ServerCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        DataDirectory directory = DataDirectory.at(dataDirectory);
        SecureRandom random = new SecureRandom();
        directory.prepare(random);
        if (verbose) {
            ServerLog.toFileAndScreen(directory.serverLog(), terminal.errIsTerminal());
        } else {
            ServerLog.toFile(directory.serverLog(), terminal.errIsTerminal());
        }
        LocalServer server;
        try (Progress progress = new Progress(terminal)) {
            progress.begin("Starting");
            server =
                    LocalServer.start(
                            directory, trustDomain, database, allSettings(), random, progress);
            progress.done("Running");
        }
        CountDownLatch never = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform().name("signet-stop").unstarted(() -> stop(server)));
        if (output.json()) {
            terminal.out().println(Json.write(json(directory, server)));
        } else {
            print(directory, server);
        }
        never.await();
        return ExitCode.OK;
    }

    private Map<String, String> allSettings() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("signet.grpc.port", String.valueOf(grpcPort));
        all.put("signet.http.port", String.valueOf(httpPort));
        all.put("signet.admin.port", String.valueOf(adminPort));
        if (!listen.isEmpty()) {
            all.put("signet.grpc.address", listen);
            all.put("signet.http.address", listen);
            all.put("signet.admin.address", listen);
        }
        if (configuration != null) {
            all.put(
                    "spring.config.additional-location",
                    configuration.toAbsolutePath().toUri().toString());
        }
        all.putAll(settings);
        return all;
    }

    private void stop(LocalServer server) {
        terminal.err().println();
        terminal.err().println("Stopping");
        server.close();
    }

    private void print(DataDirectory directory, LocalServer server) {
        PrintStream out = terminal.out();
        Style style = terminal.outStyle();
        LocalPostgres postgres = server.postgres();
        row("Trust domain", style.bold(server.trustDomain()));
        row("gRPC", "localhost:" + server.grpcPort() + style.dim("  over TLS"));
        row(
                "HTTP",
                "http://localhost:" + server.httpPort() + style.dim("  /trust-bundle /metrics"));
        if (server.adminPort().isPresent()) {
            row("Admin API", "https://localhost:" + server.adminPort().getAsInt());
        }
        if (listen.isEmpty() && postgres != null && configuration == null) {
            row("Listens", "on this machine only" + style.dim("  --listen 0.0.0.0 for others"));
        }
        row("Database", postgres == null ? "as given" : "embedded, " + directory.postgres());
        row("Data", directory.path().toString());
        row("Log", directory.serverLog().toString());
        out.println();
        out.println("In another terminal, a first certificate:");
        out.println();
        String found =
                directory.path().equals(DataDirectory.defaultPath().toAbsolutePath())
                        ? ""
                        : " --data-dir " + directory.path();
        String token =
                "./signet token create"
                        + found
                        + " --spiffe-id spiffe://"
                        + server.trustDomain()
                        + "/ns/shop/sa/orders";
        out.println("  " + style.cyan("TOKEN=$(" + token + ")"));
        out.println("  " + style.cyan("./signet issue" + found + " --token $TOKEN --out orders"));
        server.createBootstrapToken().ifPresent(secret -> printBootstrap(found, secret));
        out.println();
        out.println("Ctrl-C stops.");
        out.flush();
    }

    private void printBootstrap(String found, String secret) {
        Style style = terminal.outStyle();
        terminal.out().println();
        terminal.out()
                .println("No admin has logged in yet; this lets the first one in, once, for 24 h:");
        terminal.out().println();
        terminal.out()
                .println("  " + style.cyan("./signet login" + found + " --join-token " + secret));
    }

    private void row(String label, String value) {
        terminal.out()
                .println(
                        "  "
                                + terminal.outStyle().dim(label + " ".repeat(14 - label.length()))
                                + value);
    }

    private static Map<String, Object> json(DataDirectory directory, LocalServer server) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("trust_domain", server.trustDomain());
        json.put("grpc_port", server.grpcPort());
        json.put("http_port", server.httpPort());
        server.adminPort().ifPresent(port -> json.put("admin_port", port));
        json.put("data_directory", directory.path().toString());
        json.put("bundle", directory.bundle().toString());
        json.put("credential", directory.operatorCredential().toString());
        json.put("log", directory.serverLog().toString());
        return json;
    }
}
