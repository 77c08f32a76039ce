package dev.signet.cli.server;

import java.nio.file.Path;

/// Where the server's log goes. To be called before anything logs.
public final class ServerLog {

    private ServerLog() {}

    /// Everything to `file`; warnings to stderr as well.
    public static void toFile(Path file, boolean errIsTerminal) {
        configure(file, "WARN", errIsTerminal);
    }

    /// Everything to `file`, nothing to stderr.
    public static void toFileOnly(Path file) {
        configure(file, "OFF", false);
    }

    /// Everything to `file` and to stderr.
    public static void toFileAndScreen(Path file, boolean errIsTerminal) {
        configure(file, "ALL", errIsTerminal);
    }

    private static void configure(Path file, String screen, boolean errIsTerminal) {
        // Not below `signet.`: the server refuses settings that it does not know.
        System.setProperty("signet-log.file", file.toString());
        System.setProperty("signet-log.screen", screen);
        // A line of progress may stand where the log goes on.
        System.setProperty("signet-log.erase", errIsTerminal ? "\r\u001b[K" : "");
        System.setProperty("logback.configurationFile", "dev/signet/cli/logback-server.xml");
    }
}
