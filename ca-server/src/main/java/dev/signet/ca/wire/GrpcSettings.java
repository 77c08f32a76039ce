package dev.signet.ca.wire;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;

/// Settings under `signet.grpc`: the TLS port.
///
/// @param address address to listen on; empty: all
/// @param port 0: any free port
/// @param eventLoops threads that do I/O and cryptography; 0: one per core
/// @param reflection whether the gRPC reflection service answers
public record GrpcSettings(
        @DefaultValue("") String address,
        @DefaultValue("8443") int port,
        @DefaultValue("0") int eventLoops,
        @DefaultValue("true") boolean reflection,
        @DefaultValue Tls tls,
        @DefaultValue Limits limits,
        @DefaultValue Keepalive keepalive) {

    public GrpcSettings {
        Bounds.check("signet.grpc.port", port, 0, 65_535);
        Bounds.check("signet.grpc.event-loops", eventLoops, 0, 1024);
    }

    /// What does TLS.
    public enum TlsProvider {
        /// OPENSSL where its native library loads and accepts clients with Ed25519 keys, else JDK.
        AUTO,
        /// BoringSSL by netty-tcnative; no start without it, or where it accepts no Ed25519 keys.
        OPENSSL,
        /// The JDK's own.
        JDK
    }

    /// Settings under `signet.grpc.tls`.
    ///
    /// @param provider what does TLS
    /// @param tls12 whether TLS 1.2 is accepted beside 1.3
    /// @param handshakeTimeout longest time from TCP accept to the end of the HTTP/2 preface
    public record Tls(
            @DefaultValue("AUTO") TlsProvider provider,
            @DefaultValue("false") boolean tls12,
            @DefaultValue("10s") Duration handshakeTimeout) {

        public Tls {
            Bounds.check(
                    "signet.grpc.tls.handshake-timeout",
                    handshakeTimeout,
                    Duration.ofMillis(100),
                    Duration.ofMinutes(2));
        }
    }

    /// Settings under `signet.grpc.limits`.
    ///
    /// @param connections TCP connections at the same time, about 50 KB of memory each; one more is
    ///   closed at once, or gets the place of one that has not finished its handshake
    /// @param connectionsPerAddress the same for one IP address (IPv6: /64)
    /// @param handshakes connections that have not finished their TLS handshake; for one more, the
    ///   oldest of them is closed
    /// @param callsPerConnection concurrent calls (HTTP/2 streams) of one connection
    /// @param watches open streams of all connections
    /// @param watchesPerConnection open streams of one connection
    /// @param callDeadline longest time from the head of a unary call to its answer
    /// @param operatorCalls operator calls served at the same time
    /// @param connectionIdle a connection without a call for so long is closed
    /// @param connectionAge a connection is replaced after so long; unset: never
    public record Limits(
            @DefaultValue("4000") int connections,
            @DefaultValue("1000") int connectionsPerAddress,
            @DefaultValue("500") int handshakes,
            @DefaultValue("256") int callsPerConnection,
            @DefaultValue("8000") int watches,
            @DefaultValue("16") int watchesPerConnection,
            @DefaultValue("10s") Duration callDeadline,
            @DefaultValue("8") int operatorCalls,
            @DefaultValue("10m") Duration connectionIdle,
            @Nullable Duration connectionAge) {

        public Limits {
            Bounds.check("signet.grpc.limits.connections", connections, 1, 1_000_000);
            Bounds.check(
                    "signet.grpc.limits.connections-per-address",
                    connectionsPerAddress,
                    1,
                    1_000_000);
            Bounds.check("signet.grpc.limits.handshakes", handshakes, 1, 100_000);
            Bounds.check("signet.grpc.limits.calls-per-connection", callsPerConnection, 1, 100_000);
            Bounds.check("signet.grpc.limits.watches", watches, 1, 1_000_000);
            Bounds.check(
                    "signet.grpc.limits.watches-per-connection", watchesPerConnection, 1, 100_000);
            Bounds.check(
                    "signet.grpc.limits.call-deadline",
                    callDeadline,
                    Duration.ofMillis(100),
                    Duration.ofMinutes(5));
            Bounds.check("signet.grpc.limits.operator-calls", operatorCalls, 1, 1000);
            Bounds.check(
                    "signet.grpc.limits.connection-idle",
                    connectionIdle,
                    Duration.ofSeconds(1),
                    Duration.ofDays(1));
            if (connectionAge != null) {
                Bounds.check(
                        "signet.grpc.limits.connection-age",
                        connectionAge,
                        Duration.ofSeconds(1),
                        Duration.ofDays(30));
            }
        }
    }

    /// Settings under `signet.grpc.keepalive`.
    ///
    /// @param permittedInterval a client that pings more often is disconnected; mesh agents ping
    ///   every 15 to 30 s, with or without a call
    /// @param interval how often a quiet client is pinged
    /// @param timeout how long its answer may take
    /// @param revocationHeartbeat how often a watcher of revocations hears how current it is
    public record Keepalive(
            @DefaultValue("10s") Duration permittedInterval,
            @DefaultValue("1m") Duration interval,
            @DefaultValue("20s") Duration timeout,
            @DefaultValue("5s") Duration revocationHeartbeat) {

        public Keepalive {
            Bounds.check(
                    "signet.grpc.keepalive.permitted-interval",
                    permittedInterval,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(15));
            Bounds.check(
                    "signet.grpc.keepalive.interval",
                    interval,
                    Duration.ofSeconds(10),
                    Duration.ofHours(1));
            Bounds.check(
                    "signet.grpc.keepalive.revocation-heartbeat",
                    revocationHeartbeat,
                    Duration.ofMillis(100),
                    Duration.ofMinutes(1));
            Bounds.check(
                    "signet.grpc.keepalive.timeout",
                    timeout,
                    Duration.ofSeconds(1),
                    Duration.ofMinutes(5));
        }
    }
}
