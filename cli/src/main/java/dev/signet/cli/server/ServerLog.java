package dev.signet.cli.server;

import java.nio.file.Path;

/// Where the server's log goes. To be called before anything logs.
public final class ServerLog {

    private ServerLog() {}

    /// Everything to `file`; warnings to stderr as well.
    public static void toFile(Path file) {
        configure(file, "WARN");
    }

    /// Everything to `file`, nothing to stderr.
    public static void toFileOnly(Path file) {
        configure(file, "OFF");
    }

    /// Everything to `file` and to stderr.
    public static void toFileAndScreen(Path file) {
        configure(file, "ALL");
    }

    private static void configure(Path file, String screen) {
        // Not below `signet.`: the server refuses settings that it does not know.
        System.setProperty("signet-log.file", file.toString());
        System.setProperty("signet-log.screen", screen);
        System.setProperty("logback.configurationFile", "dev/signet/cli/logback-server.xml");
    }
}
