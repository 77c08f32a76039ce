package dev.signet.issuer;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.logging.LogManager;

/// The command `signet-issuer`: runs until it is told to stop, then finishes what is under way.
@Command(
        name = "signet-issuer",
        mixinStandardHelpOptions = true,
        description =
                "Signs CertificateRequests, CertificateSigningRequests and PodCertificateRequests by"
                        + " a Signet server.")
public final class IssuerController implements Callable<Integer> {

    @Mixin IssuerOptions options = new IssuerOptions();

    /// Runs the command.
    public static void main(String[] arguments) {
        logLines();
        int code = new CommandLine(new IssuerController()).execute(arguments);
        // A stop by signal is ending the process already.
        if (code != 0) {
            System.exit(code);
        }
    }

    /// One line each, unless the caller has configured java.util.logging.
    private static void logLines() {
        if (System.getProperty("java.util.logging.config.file") != null
                || System.getProperty("java.util.logging.config.class") != null) {
            return;
        }
        try (InputStream settings =
                IssuerController.class.getResourceAsStream("logging.properties")) {
            if (settings != null) {
                LogManager.getLogManager().readConfiguration(settings);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Integer call() throws Exception {
        CountDownLatch stopped = new CountDownLatch(1);
        IssuerProcess process = new IssuerProcess(options);
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform()
                                .name("signet-stop")
                                .unstarted(() -> {
                                    process.stop();
                                    stopped.countDown();
                                }));
        process.start();
        System.getLogger(IssuerController.class.getName()).log(System.Logger.Level.INFO, "started");
        stopped.await();
        return 0;
    }
}
