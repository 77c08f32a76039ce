package dev.signet.ca.attestation;

import dev.signet.ca.crypto.CryptoProvider;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/// The keys of one token issuer, read in the background and never on a caller's thread. The last
/// good ones are kept while they cannot be read, up to a bound. Thread-safe.
final class IssuerKeys implements AutoCloseable {

    /// Unknown key ids, which anybody can make up, cause no more reads than one in this time.
    static final Duration MIN_GAP = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);

    private final String issuerName;
    private final KeySource source;
    private final Duration refresh;
    private final Duration maxKeyAge;
    private final CryptoProvider crypto;
    private final InstantSource clock;
    private final ScheduledExecutorService reader;

    private final AtomicReference<Instant> lastAsked = new AtomicReference<>(Instant.MIN);
    private final AtomicBoolean underWay = new AtomicBoolean();
    private volatile @Nullable Known known;

    /// @param reader a thread of this issuer's own
    IssuerKeys(
            TokenIssuer issuer,
            KeySource source,
            CryptoProvider crypto,
            InstantSource clock,
            ScheduledExecutorService reader) {
        this.issuerName = issuer.name();
        this.source = source;
        this.refresh = issuer.refresh();
        this.maxKeyAge = issuer.maxKeyAge();
        this.crypto = crypto;
        this.clock = clock;
        this.reader = reader;
    }

    /// Begins to read at once and then regularly, in the background.
    void start() {
        underWay.set(true);
        lastAsked.set(clock.instant()); // tokens that come before it is done ask for no second read
        var _ =
                reader.scheduleWithFixedDelay(
                        this::read, 0, refresh.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// What the issuer's keys say to a token with this `kid`. Never blocks.
    Lookup find(@Nullable String id, TokenAlgorithm algorithm, Instant now) {
        Known keys = known;
        if (keys == null || keys.isTooOld(now, maxKeyAge)) {
            var _ = readSoon(now);
            return new Lookup.NotYet();
        }
        if (id != null && !keys.set().knows(id)) {
            // A key that the issuer made since the last read, or one that somebody made up.
            return readSoon(now) || underWay.get() ? new Lookup.NotYet() : new Lookup.Unknown();
        }
        List<VerificationKey> candidates = keys.set().candidates(id, algorithm);
        return candidates.isEmpty() ? new Lookup.Unknown() : new Lookup.Found(candidates);
    }

    /// Whether a key that verified a token before is still the issuer's.
    boolean holds(VerificationKey key, Instant now) {
        Known keys = known;
        return keys != null && !keys.isTooOld(now, maxKeyAge) && keys.set().holds(key);
    }

    boolean isUnderWay() {
        return underWay.get();
    }

    private boolean readSoon(Instant now) {
        Instant last = lastAsked.get();
        if (last.isAfter(now.minus(MIN_GAP)) || !lastAsked.compareAndSet(last, now)) {
            return false;
        }
        underWay.set(true);
        try {
            reader.execute(this::read);
            return true;
        } catch (RejectedExecutionException _) {
            underWay.set(false);
            return false; // the server is stopping
        }
    }

    /// On the reader's thread only.
    void read() {
        try {
            Known before = known;
            KeySet set = KeySet.parse(source.read(), before == null ? null : before.set(), crypto);
            known = new Known(set, clock.instant());
            if (before == null) {
                log.info("Token issuer {}: {} keys read", issuerName, set.size());
            }
        } catch (KeysUnavailableException e) {
            log.warn(
                    "Token issuer {}: keys not read, {}; {}",
                    issuerName,
                    e.getMessage(),
                    known == null ? "its tokens are refused" : "the last good ones are kept");
        } catch (RuntimeException e) {
            log.error("Token issuer {}: reading its keys failed", issuerName, e);
        } finally {
            lastAsked.set(clock.instant());
            underWay.set(false);
        }
    }

    @Override
    public void close() {
        reader.shutdownNow();
        source.close();
    }

    /// What a look-up came to.
    sealed interface Lookup {
        record Found(List<VerificationKey> keys) implements Lookup {}

        /// The issuer has no such key for this algorithm.
        record Unknown() implements Lookup {}

        /// Not known now; the keys are being read, or cannot be.
        record NotYet() implements Lookup {}
    }

    private record Known(KeySet set, Instant readAt) {
        boolean isTooOld(Instant now, Duration maxKeyAge) {
            return now.isAfter(readAt.plus(maxKeyAge));
        }
    }
}
