package dev.signet.ca.ledger;

import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;

/// How the ledger records: `signet.ledger.*`. Immutable.
///
/// @param queuePlaces issuances between their reservation and the answer of their commit, 1 to
///   100,000; beyond, requests are refused with OVERLOADED
/// @param batchLimit rows of one commit, 1 to 1,000
/// @param writers threads that commit, each with its own connection, 1 to 4; more than one gains
///   nothing where PostgreSQL is near
/// @param retention how long a record is kept after its certificate expired, 1 to 10,000 days; 0:
///   for ever
/// @param partitionsAhead days for which partitions are made ahead, 2 to 740 days; longer than any
///   certificate's lifetime
/// @param partitionCheckInterval how often partitions are made and dropped, 1 s to 12 h
/// @param maxClockSkew how far this clock and PostgreSQL's may be apart, 1 s to 1 h
/// @param clockCheckInterval how often they are compared, 100 ms to 1 h
/// @param probeInterval how often an idle writer asks whether PostgreSQL is there, 100 ms to 1 min;
///   also the longest pause between two attempts to connect
/// @param stopWait how long accepted issuances may take to be committed when the server stops, at
///   most 5 min
/// @param replica name of this server in its records, at most 256 characters; empty: host name
public record LedgerSettings(
        @DefaultValue("4096") int queuePlaces,
        @DefaultValue("256") int batchLimit,
        @DefaultValue("1") int writers,
        @DefaultValue("90d") Duration retention,
        @DefaultValue("7d") Duration partitionsAhead,
        @DefaultValue("1h") Duration partitionCheckInterval,
        @DefaultValue("30s") Duration maxClockSkew,
        @DefaultValue("10s") Duration clockCheckInterval,
        @DefaultValue("1s") Duration probeInterval,
        @DefaultValue("10s") Duration stopWait,
        @DefaultValue("") String replica) {

    /// @throws IllegalArgumentException when a value is out of its bounds; the message names it
    public LedgerSettings {
        Bounds.check("signet.ledger.queue-places", queuePlaces, 1, 100_000);
        Bounds.check("signet.ledger.batch-limit", batchLimit, 1, 1_000);
        Bounds.check("signet.ledger.writers", writers, 1, 4);
        if (!retention.isZero()) {
            Bounds.check(
                    "signet.ledger.retention",
                    retention,
                    Duration.ofDays(1),
                    Duration.ofDays(10_000));
        }
        Bounds.check(
                "signet.ledger.partitions-ahead",
                partitionsAhead,
                Duration.ofDays(2),
                Duration.ofDays(740));
        Bounds.check(
                "signet.ledger.partition-check-interval",
                partitionCheckInterval,
                Duration.ofSeconds(1),
                Duration.ofHours(12));
        Bounds.check(
                "signet.ledger.max-clock-skew",
                maxClockSkew,
                Duration.ofSeconds(1),
                Duration.ofHours(1));
        Bounds.check(
                "signet.ledger.clock-check-interval",
                clockCheckInterval,
                Duration.ofMillis(100),
                Duration.ofHours(1));
        Bounds.check(
                "signet.ledger.probe-interval",
                probeInterval,
                Duration.ofMillis(100),
                Duration.ofMinutes(1));
        Bounds.check("signet.ledger.stop-wait", stopWait, Duration.ZERO, Duration.ofMinutes(5));
        replica = replica.isBlank() ? hostName() : replica;
        Bounds.check("length of signet.ledger.replica", replica.length(), 1, 256);
    }

    public static LedgerSettings defaults() {
        return new LedgerSettings(
                4096,
                256,
                1,
                Duration.ofDays(90),
                Duration.ofDays(7),
                Duration.ofHours(1),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                "");
    }

    /// The process id tells replicas on one host apart.
    private static String hostName() {
        String host = System.getenv("HOSTNAME");
        long process = ProcessHandle.current().pid();
        return host == null || host.isBlank() ? "signet-" + process : host + "-" + process;
    }
}
