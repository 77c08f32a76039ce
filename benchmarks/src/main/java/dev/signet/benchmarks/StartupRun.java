package dev.signet.benchmarks;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Starts of one server, one after the other, on the same database.
final class StartupRun {

    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(3);

    private final TokenIssuer issuer;
    private final List<String> command;
    private final Path directory;
    private final PreparedRequests requests = PreparedRequests.make(8, true);
    private final RequestIds requestIds = new RequestIds(InstantSource.system(), System.nanoTime());
    private final int port;

    /// @param command starts the server, but for its port
    StartupRun(TokenIssuer issuer, List<String> command, Path directory) throws IOException {
        this.issuer = issuer;
        this.command = List.copyOf(command);
        this.directory = directory;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = socket.getLocalPort();
        }
    }

    /// @param milliseconds from the start of the process to the first certificate received
    /// @param residentBytes memory of the process at that moment
    record Start(double milliseconds, long residentBytes) {}

    /// The first start, which has more to do than those that are measured.
    Endpoint first(Duration patience) throws IOException, InterruptedException {
        Process process = start();
        try {
            return Bootstrap.awaitEndpoint("127.0.0.1", port, process.toHandle(), patience);
        } finally {
            stop(process);
        }
    }

    Start measured(Endpoint endpoint, Duration patience)
            throws IOException, CertificateException, InterruptedException {
        AnswerSamples samples = new AnswerSamples();
        Token token = issuer.mint(0, System.nanoTime(), InstantSource.system().instant());
        try (Connections connections =
                Connections.open(
                        endpoint,
                        1,
                        1,
                        1,
                        () -> new CallSource(requests, new One(token), requestIds, samples))) {
            long begin = System.nanoTime();
            Process process = start();
            try {
                awaitPort(process, begin + patience.toNanos());
                issueOne(connections.all().getFirst(), patience);
                double milliseconds = (System.nanoTime() - begin) / 1e6;
                long bytes =
                        ProcessUsage.of(process.pid()).map(ProcessUsage::residentBytes).orElse(0L);
                var faults = new AnswerVerifier(endpoint).faults(samples.all());
                if (!faults.isEmpty()) {
                    throw new IOException("the first certificate is wrong: " + faults);
                }
                return new Start(milliseconds, bytes);
            } finally {
                stop(process);
            }
        }
    }

    private Process start() throws IOException {
        List<String> whole = new ArrayList<>(command);
        whole.addAll(List.of("--grpc-port", String.valueOf(port)));
        return new ProcessBuilder(whole)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("startup.log").toFile())
                .start();
    }

    private void awaitPort(Process process, long deadline)
            throws IOException, InterruptedException {
        while (true) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                    throw new IOException(
                            "the server does not listen; see " + directory.resolve("startup.log"),
                            e);
                }
                TimeUnit.NANOSECONDS.sleep(BETWEEN_ATTEMPTS.toNanos());
            }
        }
    }

    private static void issueOne(Connections.Open open, Duration patience)
            throws IOException, InterruptedException {
        CompletableFuture<@Nullable Void> issued = new CompletableFuture<>();
        Caller caller =
                new Caller(open) {
                    @Override
                    void ended(boolean succeeded) {
                        if (succeeded) {
                            issued.complete(null);
                        } else {
                            issued.completeExceptionally(
                                    new IOException("refused: " + open().tally().failures()));
                        }
                    }
                };
        Connection connection = open.connection();
        connection
                .loop()
                .execute(() ->
                        connection.connect(
                                () -> caller.call(System.nanoTime()),
                                () -> caller.failed("not connected")));
        try {
            issued.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("no first certificate: " + e.getMessage(), e);
        }
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }

    /// One token for one call.
    private record One(Token token) implements TokenSupply {
        @Override
        public Token next() {
            return token;
        }

        @Override
        public long mintedDuringRun() {
            return 0;
        }
    }
}
