package dev.signet.benchmarks;

import java.util.List;

/// JVM flags of a server in production: those of the launcher `signet`, which a test compares.
final class ServerFlags {

    static final List<String> PRODUCTION =
            List.of(
                    "-XX:+UseSerialGC",
                    "--enable-native-access=ALL-UNNAMED",
                    "-Xms64m",
                    "-Xmn48m",
                    "-Xmx512m",
                    "-XX:TrimNativeHeapInterval=10000");

    private ServerFlags() {}
}
