package dev.signet.ca.authority;

import dev.signet.ca.authority.AuthorityStore.Content;
import dev.signet.ca.authority.AuthorityStore.NewAuthority;
import dev.signet.ca.identity.TrustDomain;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// The authorities on record, read again when a change is signalled and every second, so that what
/// another replica or an operator changed is noticed without a restart. While the database is away
/// the last ones read stay. Thread-safe.
final class PolledAuthorities
        implements Authorities,
                KnownAuthorities,
                StatusAuthorities,
                AuthorityChanges,
                BelievedIssuers,
                AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PolledAuthorities.class);

    private final AuthorityStore store;
    private final AuthorityFactory factory;
    private final AuthorityLoader loader;
    private final AuthoritySettings settings;
    private final TrustDomain trustDomain;
    private final InstantSource clock;
    private final ScheduledExecutorService scheduler;

    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();

    private volatile AuthoritySnapshot snapshot;
    private boolean failedBefore;

    /// @param scheduler closed with this
    PolledAuthorities(
            AuthorityStore store,
            AuthorityFactory factory,
            AuthorityLoader loader,
            AuthoritySettings settings,
            TrustDomain trustDomain,
            InstantSource clock,
            ScheduledExecutorService scheduler) {
        this.store = store;
        this.factory = factory;
        this.loader = loader;
        this.settings = settings;
        this.trustDomain = trustDomain;
        this.clock = clock;
        this.scheduler = scheduler;
        this.snapshot = new AuthoritySnapshot(0, List.of(), Duration.ZERO);
    }

    /// Makes the first authorities if there are none, reads them, and goes on reading.
    ///
    /// @throws WrongKeyEncryptionKeyException when their keys do not open
    /// @throws WrongTrustDomainException when they are another trust domain's
    /// @throws org.springframework.dao.DataAccessException when the database did not answer
    void start() {
        Content content = store.load();
        if (content.authorities().isEmpty()) {
            createFirst();
            content = store.load();
        }
        snapshot = loader.load(content);
        long interval = settings.refreshInterval().toMillis();
        // It never throws, so there is nothing to ask the future.
        var _ =
                scheduler.scheduleWithFixedDelay(
                        this::refresh, interval, interval, TimeUnit.MILLISECONDS);
    }

    private void createFirst() {
        // Before the lock is taken: an RSA key may take seconds.
        AuthorityFactory.Pair pair =
                factory.create(
                        trustDomain,
                        settings.rootKeyType(),
                        settings.rootLifetime(),
                        settings.issuingKeyType(),
                        settings.issuingLifetime(),
                        settings.issuingPathLength(),
                        clock.instant());
        List<NewAuthority> authorities =
                List.of(
                        loader.toStore(pair.root(), AuthorityRole.ROOT, null),
                        loader.toStore(
                                pair.issuing(),
                                AuthorityRole.ISSUING,
                                pair.root().certificate().id()));
        if (store.createFirst(authorities)) {
            log.info(
                    "Created the CA of trust domain {}: root {} ({}) until {}, issuing CA {} ({})"
                            + " until {}",
                    trustDomain,
                    pair.root().certificate().id(),
                    settings.rootKeyType(),
                    pair.root().certificate().validity().notAfter(),
                    pair.issuing().certificate().id(),
                    settings.issuingKeyType(),
                    pair.issuing().certificate().validity().notAfter());
        } else {
            pair.root().key().discard();
            pair.issuing().key().discard();
            log.info("Another replica created the CA of this database at the same time");
        }
    }

    /// Reads once more. Never throws. One at a time, so that what was read later is taken later.
    @Override
    public synchronized void refresh() {
        try {
            Content content = store.load();
            long known = snapshot.trustAnchors().generation();
            if (content.generation() != known) {
                snapshot = loader.load(content);
                if (content.generation() < known) {
                    log.warn(
                            "Authorities are of generation {} after {}: PostgreSQL was put back to"
                                    + " an earlier moment; see docs/runbooks/restore.md",
                            content.generation(),
                            known);
                } else {
                    log.info("Authorities changed, generation {}", content.generation());
                }
                watchers.forEach(Runnable::run);
            }
            failedBefore = false;
        } catch (RuntimeException e) {
            if (!failedBefore) {
                log.warn("Authorities could not be read; the last ones known stay in use", e);
            }
            failedBefore = true;
        }
    }

    @Override
    public void watch(Runnable look) {
        watchers.add(look);
    }

    /// Last second of the active issuing authority; empty when there is none.
    Optional<Instant> expiry() {
        return snapshot.expiry();
    }

    @Override
    public Selection active(Instant now) {
        return snapshot.active(now);
    }

    @Override
    public Optional<List<byte[]>> chain(String authorityId) {
        return snapshot.chain(authorityId);
    }

    @Override
    public boolean isKeyOfAuthority(byte[] sha256) {
        return snapshot.isKeyOfAuthority(sha256);
    }

    @Override
    public boolean isNameOfAuthority(byte[] subject) {
        return snapshot.isNameOfAuthority(subject);
    }

    @Override
    public boolean isBelieved(String authorityId) {
        return snapshot.isBelieved(authorityId);
    }

    @Override
    public long generation() {
        return snapshot.trustAnchors().generation();
    }

    @Override
    public List<AuthorityDescription> described() {
        return snapshot.described();
    }

    @Override
    public List<StatusAuthority> statusAuthorities() {
        return snapshot.statusAuthorities();
    }

    @Override
    public TrustAnchors trustAnchors() {
        return snapshot.trustAnchors();
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
