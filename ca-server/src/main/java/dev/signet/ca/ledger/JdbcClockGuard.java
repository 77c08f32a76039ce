package dev.signet.ca.ledger;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Optional;

/// Compares the clocks when told to. While PostgreSQL is away the last verdict stands: nothing is
/// issued then anyway.
final class JdbcClockGuard implements ClockGuard {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcClockGuard.class);

    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final Duration bound;
    private volatile Optional<Refusal> objection = Optional.empty();
    private volatile Duration databaseAhead = Duration.ZERO;

    JdbcClockGuard(JdbcClient jdbc, InstantSource clock, Duration bound) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.bound = bound;
    }

    @Override
    public Optional<Refusal> objection() {
        return objection;
    }

    /// How far PostgreSQL's clock was ahead of this one when last compared.
    Duration databaseAhead() {
        return databaseAhead;
    }

    /// PostgreSQL is taken to have read its clock half-way between question and answer.
    void compare() {
        Instant asked = clock.instant();
        Instant theirs;
        try {
            theirs =
                    jdbc.sql("SELECT clock_timestamp()")
                            .query(OffsetDateTime.class)
                            .single()
                            .toInstant();
        } catch (DataAccessException e) {
            LOG.debug("The clocks could not be compared", e);
            return;
        }
        Instant answered = clock.instant();
        Instant ours = asked.plus(Duration.between(asked, answered).dividedBy(2));
        databaseAhead = Duration.between(ours, theirs);
        Optional<Refusal> verdict = verdict(ours, theirs);
        if (verdict.isPresent() != objection.isPresent()) {
            verdict.ifPresentOrElse(
                    refusal -> LOG.error("Issuance stops: {}", refusal.diagnosis()),
                    () -> LOG.info("The clocks agree again; issuance goes on"));
        }
        objection = verdict;
    }

    private Optional<Refusal> verdict(Instant ours, Instant theirs) {
        if (databaseAhead.abs().compareTo(bound) <= 0) {
            return Optional.empty();
        }
        return Optional.of(
                Refusal.withDiagnosis(
                                RefusalCode.CLOCK_SKEW,
                                "The clocks of this server and its database disagree; no"
                                        + " certificate can be dated. Try another server, or later.",
                                "this server's clock says "
                                        + ours
                                        + ", PostgreSQL's "
                                        + theirs
                                        + ": "
                                        + databaseAhead.abs()
                                        + " apart (expected: "
                                        + bound
                                        + " at most); set the clock that is wrong")
                        .retryAfter(Duration.ofSeconds(10)));
    }
}
