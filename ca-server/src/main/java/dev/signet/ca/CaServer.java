package dev.signet.ca;

import dev.signet.ca.ledger.LedgerUnavailableException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// The server process, and the same server inside another process.
///
/// Settings come from, the first wins: the map or command line (`--signet.grpc.port=8443`), system
/// properties, environment variables (`SIGNET_GRPC_PORT`), `signet.yaml` in the working directory
/// or its `config` directory, a file named by `--spring.config.additional-location=FILE`.
public final class CaServer {

    private static final String PREFIX = "signet";

    private CaServer() {}

    /// Runs until SIGTERM or SIGINT, then stops gracefully. Exit code 1: it did not start.
    public static void main(String[] arguments) throws InterruptedException {
        RunningServer server;
        try {
            server = run(Map.of(), arguments);
        } catch (StartFailedException e) {
            if (e.explained()) {
                logger().error("not started: {}", e.getMessage());
            } else {
                logger().error("not started", e);
            }
            System.exit(1);
            return;
        }
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform()
                                .name("signet-stop")
                                .unstarted(() -> {
                                    server.close();
                                    stopped.countDown();
                                }));
        printBootstrapToken(server);
        stopped.await();
    }

    /// Not through the log, which is kept and sent elsewhere.
    private static void printBootstrapToken(RunningServer server) {
        try {
            server.createBootstrapToken()
                    .ifPresent(token ->
                            System.err.println(
                                    "No admin has logged in yet. Until "
                                            + token.expiresAt()
                                            + ", once: signet login --join-token "
                                            + token.secret()));
        } catch (LedgerUnavailableException e) {
            logger().warn("no token for a first admin was made: PostgreSQL did not confirm", e);
        }
    }

    /// Starts a server in this process and returns when it listens. The caller closes it; no
    /// shutdown hook is installed.
    ///
    /// @param settings names as in docs/configuration.md, with their `signet.` prefix
    /// @throws StartFailedException when it cannot start, with the reason as a sentence
    public static RunningServer start(Map<String, String> settings) {
        return start(settings, Map.of());
    }

    /// As [#start(Map)].
    ///
    /// @param defaults of lower rank than every other source of settings
    public static RunningServer start(Map<String, String> settings, Map<String, String> defaults) {
        return run(
                Map.copyOf(defaults),
                settings.entrySet().stream()
                        .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                        .toArray(String[]::new));
    }

    private static RunningServer run(Map<String, Object> defaults, String[] arguments) {
        // Logback's own logback.xml is all the configuration there is; Boot's costs start-up time.
        if (System.getProperty("org.springframework.boot.logging.LoggingSystem") == null) {
            System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        }
        if (!SLF4JBridgeHandler.isInstalled()) {
            SLF4JBridgeHandler.removeHandlersForRootLogger();
            SLF4JBridgeHandler.install();
        }
        UnknownSettings unknown =
                new UnknownSettings(SettingNames.of(SignetSettings.class, PREFIX));
        List<String> objections = unknown.objections(System.getenv(), System.getProperties());
        if (!objections.isEmpty()) {
            throw new StartFailedException(String.join("\n", objections));
        }
        SpringApplication application = new SpringApplication(ServerConfiguration.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false);
        application.setDefaultProperties(defaults);
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--spring.config.name=" + PREFIX);
        try {
            return new RunningServer(application.run(all.toArray(String[]::new)));
        } catch (RuntimeException e) {
            String sentence = StartFailureAnalyzer.sentence(e);
            throw sentence != null
                    ? new StartFailedException(sentence, e, true)
                    : new StartFailedException(rootMessage(e), e, false);
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = root.getCause(); cause != null; cause = cause.getCause()) {
            root = cause;
        }
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }

    private static Logger logger() {
        return LoggerFactory.getLogger(CaServer.class);
    }
}
