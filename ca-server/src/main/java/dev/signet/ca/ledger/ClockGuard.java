package dev.signet.ca.ledger;

import dev.signet.ca.refusal.Refusal;

import java.util.Optional;

/// Compares this host's clock with PostgreSQL's, at start and regularly. Thread-safe, never blocks.
public interface ClockGuard {

    /// CLOCK_SKEW while the clocks were last seen further apart than the configured bound; empty
    /// while they agree.
    Optional<Refusal> objection();
}
