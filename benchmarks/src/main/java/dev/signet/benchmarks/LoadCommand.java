package dev.signet.benchmarks;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.ByteArrayInputStream;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `benchmarks/run load`.
@Command(
        name = "load",
        description = {
            "Issues certificates over gRPC as fast as the server can, or at a given rate, and reports"
                    + " what that came to.",
            "",
            "Starts a server of its own on a PostgreSQL of its own (fsync on) unless told otherwise."
        })
final class LoadCommand implements Callable<Integer> {

    /// Fresh tokens minted ahead for each second: more than any server was seen to use.
    private static final int FRESH_TOKENS_PER_SECOND = 16_000;

    private static final int REPEATED_TOKENS = 2_048;

    @Option(names = "--callers", description = "connections (default ${DEFAULT-VALUE})")
    private int callers = 64;

    @Option(
            names = "--rate",
            description =
                    "open loop: calls a second, whatever the server does (default: closed"
                            + " loop, each caller calls again at once)")
    private @Nullable Double rate;

    @Option(names = "--seconds", description = "measured seconds (default ${DEFAULT-VALUE})")
    private int seconds = 15;

    @Option(names = "--warm-up", description = "seconds before (default ${DEFAULT-VALUE})")
    private int warmUp = 10;

    @Option(
            names = "--lone-seconds",
            description = "seconds with a single caller; 0: none (default ${DEFAULT-VALUE})")
    private int loneSeconds = 5;

    @Option(
            names = "--limit-seconds",
            description =
                    "seconds for each of the machine's own limits; 0: none (default"
                            + " ${DEFAULT-VALUE})")
    private int limitSeconds = 2;

    @Option(
            names = "--tokens",
            description =
                    "repeated: 2,048 tokens repeat; fresh: each call has its own, minted before the"
                            + " load (default ${DEFAULT-VALUE})")
    private TokenMode tokens = TokenMode.REPEATED;

    @Option(
            names = "--requests",
            description = "certification requests prepared (default ${DEFAULT-VALUE})")
    private int requests = 2_048;

    @Option(
            names = "--no-request-ids",
            description = "calls do not name themselves, so a retry would issue again")
    private boolean noRequestIds;

    @Option(
            names = "--event-loops",
            description = "threads of the generator that call (default ${DEFAULT-VALUE})")
    private int eventLoops = 1;

    @Option(names = "--json", description = "the report as JSON")
    private boolean json;

    @Option(
            names = "--directory",
            description =
                    "for database, keys and log; kept (default: a fresh one in the user's cache"
                            + " directory, deleted)")
    private @Nullable Path directory;

    @Option(
            names = "--database-url",
            description = "JDBC URL with user and password (default: an embedded PostgreSQL)")
    private @Nullable String databaseUrl;

    @Option(
            names = "--jvm",
            description =
                    "a flag of the server's JVM, may be repeated (default: as ./signet server)")
    private @Nullable List<String> jvmFlags;

    @Option(
            names = "--setting",
            description = "a setting of the server, name=value, may be repeated")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--server",
            description =
                    "host:port of a server that runs already, with the token issuer of"
                            + " --directory; needs --bundle and --trust-domain")
    private @Nullable String server;

    @Option(names = "--bundle", description = "PEM file: whom to trust at --server")
    private @Nullable Path bundle;

    @Option(names = "--trust-domain", description = "of --server")
    private @Nullable String trustDomain;

    @Option(names = "--server-pid", description = "of --server, where it runs on this machine")
    private @Nullable Long serverPid;

    /// See `--tokens`.
    enum TokenMode {
        REPEATED,
        FRESH
    }

    @Override
    public Integer call() throws Exception {
        Progress progress = new Progress(System.err, terminal());
        try (WorkDirectory work = WorkDirectory.at(directory)) {
            TokenIssuer issuer = TokenIssuer.in(work.path());
            LoadRun run = new LoadRun(plan(), issuer, progress, InstantSource.system());
            Report report;
            try (ServerUnderTest underTest = server(work, progress)) {
                report = run.against(underTest);
            }
            if (json) {
                System.out.println(JsonReport.of(report));
            } else {
                new TextReport(System.out).print(report);
            }
            return report.objections().isEmpty() ? 0 : 1;
        }
    }

    private LoadPlan plan() {
        int fresh = FRESH_TOKENS_PER_SECOND * (warmUp + seconds + loneSeconds);
        return new LoadPlan(
                callers,
                rate,
                Duration.ofSeconds(warmUp),
                Duration.ofSeconds(seconds),
                Duration.ofSeconds(loneSeconds),
                Duration.ofSeconds(limitSeconds),
                tokens == TokenMode.FRESH,
                tokens == TokenMode.FRESH ? fresh : REPEATED_TOKENS,
                requests,
                !noRequestIds,
                eventLoops,
                100);
    }

    private ServerUnderTest server(WorkDirectory work, Progress progress)
            throws IOException, GeneralSecurityException, InterruptedException {
        if (server == null) {
            return StartedServer.start(
                    new StartedServer.Options(
                            work.path(),
                            databaseUrl,
                            jvmFlags == null ? ServerFlags.PRODUCTION : jvmFlags,
                            settings),
                    new SecureRandom(),
                    progress);
        }
        int colon = server.lastIndexOf(':');
        if (colon < 0 || bundle == null || trustDomain == null) {
            throw new IllegalArgumentException(
                    "--server is host:port and needs --bundle and --trust-domain");
        }
        Endpoint endpoint =
                new Endpoint(
                        server.substring(0, colon),
                        Integer.parseInt(server.substring(colon + 1)),
                        trustDomain,
                        certificates(bundle));
        return new RunningElsewhere(endpoint, serverPid, databaseUrl);
    }

    private static List<byte[]> certificates(Path pem)
            throws IOException, GeneralSecurityException {
        List<byte[]> ders = new ArrayList<>();
        for (Certificate certificate :
                CertificateFactory.getInstance("X.509")
                        .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(pem)))) {
            ders.add(certificate.getEncoded());
        }
        return ders;
    }

    static boolean terminal() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false)
                && !"dumb".equals(System.getenv("TERM"));
    }
}
