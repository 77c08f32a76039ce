package dev.signet.cli.remote;

import java.time.Duration;

/// How long the admin API is waited for.
///
/// @param connect for the connection
/// @param answer for the whole answer of one attempt; of a stream, for its beginning
/// @param idle for the next octets of a stream
/// @param attempts of one request, at least 1
/// @param pause before the second attempt; doubled before each further one
/// @param longestPause a server that requests a longer one is not asked again
record AdminTimes(
        Duration connect,
        Duration answer,
        Duration idle,
        int attempts,
        Duration pause,
        Duration longestPause) {

    static final AdminTimes DEFAULTS =
            new AdminTimes(
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    4,
                    Duration.ofMillis(300),
                    Duration.ofSeconds(10));
}
