package dev.signet.ca.revocation;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// A copy of `revocation.revocation` in memory.
///
/// Sequences are in the order of commits, so whoever has read up to one misses nothing by asking
/// for what is greater. When the newest one that was read is not there any more, PostgreSQL was put
/// back to an earlier moment: everything is read anew. What this replica knows of and the record
/// has lost stays refused here, and is in nobody's list until it is revoked again.
final class JdbcRevocationFeed implements RevocationFeed, RevocationCheck {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcRevocationFeed.class);

    /// A CRL names a certificate once more after its expiry (RFC 5280 3.3), and is made at least
    /// once a day.
    static final Duration KEPT_AFTER_EXPIRY = Duration.ofHours(25);

    private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(10);
    private static final int PAGE = 10_000;

    private static final String NEWEST =
            """
            SELECT coalesce(max(sequence), 0) AS newest,
                EXISTS (SELECT FROM revocation.revocation WHERE sequence = ?) AS known
            FROM revocation.revocation
            """;

    private static final String AFTER =
            """
            SELECT sequence, serial, authority_id, reason, revoked_at
            FROM revocation.revocation
            WHERE sequence > ? AND sequence <= ? AND not_after >= ?
            ORDER BY sequence
            LIMIT ?
            """;

    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final Map<Object, Runnable> listeners = new ConcurrentHashMap<>();

    private volatile RevocationTable table = new RevocationTable();
    private volatile Map<SerialNumber, RevokedCertificate> lost = Map.of();
    private volatile Knowledge knowledge;
    private volatile long readAtNanos;
    private Instant sweptAt;
    private boolean failedBefore;

    /// @param jdbc whose statements and connections end within 5 s
    /// @throws LedgerUnavailableException when PostgreSQL cannot be asked
    JdbcRevocationFeed(JdbcClient jdbc, InstantSource clock, LongSupplier nanoTime) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.nanoTime = nanoTime;
        Instant now = clock.instant();
        this.sweptAt = now;
        this.knowledge = new Knowledge(0, now);
        this.readAtNanos = nanoTime.getAsLong();
        read(now);
    }

    @Override
    public Optional<RevokedCertificate> find(SerialNumber serialNumber) {
        Optional<RevokedCertificate> found = table.find(serialNumber);
        return found.isPresent() ? found : Optional.ofNullable(lost.get(serialNumber));
    }

    @Override
    public Knowledge knowledge() {
        return knowledge;
    }

    @Override
    public Knowledge forEachAfter(long sequence, Consumer<RevokedCertificate> consumer) {
        // Before the table: what it has is then complete at least up to this.
        Knowledge complete = knowledge;
        RevocationTable now = table;
        now.forEachAfter(
                sequence,
                entry -> {
                    if (entry.sequence() <= complete.sequence()) {
                        consumer.accept(entry);
                    }
                });
        return complete;
    }

    @Override
    public boolean knows(long sequence) {
        return sequence == 0 || sequence == knowledge.sequence() || table.contains(sequence);
    }

    @Override
    public AutoCloseable watch(Runnable listener) {
        // The same listener may watch twice.
        Object subscription = new Object();
        listeners.put(subscription, listener);
        return () -> listeners.remove(subscription);
    }

    @Override
    public Optional<Refusal> objection(List<X509Certificate> chain) {
        for (X509Certificate certificate : chain) {
            Optional<RevokedCertificate> revoked =
                    serialNumber(certificate.getSerialNumber()).flatMap(this::find);
            if (revoked.isPresent()) {
                return Optional.of(
                        Refusal.withDiagnosis(
                                RefusalCode.UNAUTHENTICATED,
                                "The evidence does not prove an identity to this CA.",
                                "certificate "
                                        + revoked.get().serialNumber().hex()
                                        + " was revoked at "
                                        + revoked.get().revokedAt()
                                        + ": "
                                        + revoked.get().reason().text()));
            }
        }
        return StaleKnowledge.objection(
                "what is revoked", nanoTime.getAsLong() - readAtNanos, LONGEST_UNKNOWN_SECONDS);
    }

    /// Of another form are foreign ones, which cannot be on record here.
    private static Optional<SerialNumber> serialNumber(BigInteger number) {
        byte[] octets = number.toByteArray();
        return SerialNumber.fromOctets(octets);
    }

    int size() {
        return table.size();
    }

    int lostEntries() {
        return lost.size();
    }

    /// Seconds since PostgreSQL last answered.
    double ageSeconds() {
        return (nanoTime.getAsLong() - readAtNanos) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /// Reads what is new. Never throws. One at a time, so that what was read later is taken later.
    void look() {
        long before = knowledge.sequence();
        lookOnce();
        if (knowledge.sequence() != before) {
            for (Runnable listener : listeners.values()) {
                try {
                    listener.run();
                } catch (RuntimeException e) {
                    LOG.warn("A listener to revocations failed", e);
                }
            }
        }
    }

    private synchronized void lookOnce() {
        try {
            // Before the question: so old is the answer at most.
            long nanos = nanoTime.getAsLong();
            Instant now = clock.instant();
            read(now);
            readAtNanos = nanos;
            if (failedBefore) {
                LOG.info("What is revoked is read again");
            }
            failedBefore = false;
            sweep(now);
        } catch (RuntimeException e) {
            if (!failedBefore) {
                LOG.warn("What is revoked could not be read; trying again", e);
            }
            failedBefore = true;
        }
    }

    private record Newest(long sequence, boolean known) {}

    private void read(Instant now) {
        long last = knowledge.sequence();
        Newest newest =
                JdbcQuestions.ask(
                        "what is revoked could not be read",
                        () ->
                                jdbc.sql(NEWEST)
                                        .param(last)
                                        .query((row, _) ->
                                                new Newest(
                                                        row.getLong("newest"),
                                                        row.getBoolean("known")))
                                        .single());
        boolean putBack =
                newest.sequence() < last || (last > 0 && !newest.known() && table.contains(last));
        if (putBack) {
            readAnew(newest.sequence(), now);
        } else if (newest.sequence() > last) {
            readPages(table, last, newest.sequence(), now);
        }
        knowledge = new Knowledge(newest.sequence(), now);
    }

    private void readAnew(long newest, Instant now) {
        RevocationTable before = table;
        RevocationTable after = new RevocationTable();
        readPages(after, 0, newest, now);
        Map<SerialNumber, RevokedCertificate> missing = new HashMap<>(lost);
        before.forEachAfter(0, entry -> missing.put(entry.serialNumber(), entry));
        missing.keySet().removeIf(serial -> after.find(serial).isPresent());
        lost = Map.copyOf(missing);
        table = after;
        LOG.error(
                "PostgreSQL was put back to an earlier moment: {} revocations that this replica"
                        + " knows of are not on record any more. Revoke them again; see"
                        + " docs/revocation.md",
                missing.size());
    }

    /// What is read is there for readers page by page: sooner is better.
    private void readPages(RevocationTable into, long after, long newest, Instant now) {
        OffsetDateTime keptFrom = now.minus(KEPT_AFTER_EXPIRY).atOffset(ZoneOffset.UTC);
        long last = after;
        List<RevokedCertificate> page;
        do {
            long from = last;
            page =
                    JdbcQuestions.ask(
                            "what is revoked could not be read",
                            () ->
                                    jdbc.sql(AFTER)
                                            .params(from, newest, keptFrom, PAGE)
                                            .query(JdbcRevocationFeed::entry)
                                            .list());
            if (!page.isEmpty()) {
                into.add(page);
                last = page.getLast().sequence();
                if (into == table) {
                    // So that a failure of the next page does not bring this one twice.
                    knowledge = new Knowledge(last, knowledge.asOf());
                }
            }
        } while (page.size() == PAGE);
    }

    /// Expired entries leave.
    private void sweep(Instant now) {
        if (now.isBefore(sweptAt.plus(SWEEP_INTERVAL))) {
            return;
        }
        sweptAt = now;
        Instant hour = now.minus(KEPT_AFTER_EXPIRY);
        if (table.expiredBefore(hour) > 0) {
            table = table.without(hour);
        }
        Map<SerialNumber, RevokedCertificate> left = new HashMap<>(lost);
        left.keySet()
                .removeIf(serial ->
                        serial.expiryHour().isBefore(hour) || table.find(serial).isPresent());
        lost = Map.copyOf(left);
    }

    private static RevokedCertificate entry(ResultSet row, int number) throws SQLException {
        return new RevokedCertificate(
                row.getLong("sequence"),
                SerialNumber.fromOctets(row.getBytes("serial")).orElseThrow(),
                row.getString("authority_id"),
                RevocationReason.of(row.getString("reason")).orElseThrow(),
                row.getObject("revoked_at", OffsetDateTime.class).toInstant());
    }
}
