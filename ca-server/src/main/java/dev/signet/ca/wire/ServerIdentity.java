package dev.signet.ca.wire;

import dev.signet.ca.attestation.Evidence;
import dev.signet.ca.authority.BelievedIssuers;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.issuance.Issuance;
import dev.signet.ca.issuance.IssuanceOutcome;
import dev.signet.ca.issuance.IssuanceRequest;
import dev.signet.ca.ledger.RecordedCertificate;
import dev.signet.ca.policy.RequestedCertificate;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.reissue.RenewalOrder;
import dev.signet.ca.reissue.RenewalOrders;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The server's own certificate: asked for through [Issuance] like any other, renewed at a random
/// point of its window, or at once when its issuer was revoked, with full-jitter backoff after a
/// failure; the old one serves until its last second. The only place where [Evidence.ThisServer] is
/// made. Thread-safe.
final class ServerIdentity implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ServerIdentity.class);

    /// Wall clocks jump and hosts sleep, so the time is looked at rather than waited for.
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(500);

    private static final Duration FIRST_BACKOFF = Duration.ofMillis(250);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);

    private final Issuance issuance;
    private final CryptoProvider crypto;
    private final InstantSource clock;
    private final SecureRandom random;
    private final String replica;
    private final LiveKeyManager keys;
    private final ScheduledExecutorService scheduler;
    private final CountDownLatch first = new CountDownLatch(1);

    // Only the scheduler's thread uses these three.
    private Instant nextAttempt = Instant.MIN;
    private int failures;
    private @Nullable Holding holding;

    private final RenewalOrders orders;
    private final BelievedIssuers issuers;
    private volatile @Nullable Instant notAfter;
    private volatile boolean asking;
    private volatile String lastFailure = "not asked for yet";

    ServerIdentity(
            Issuance issuance,
            CryptoProvider crypto,
            InstantSource clock,
            SecureRandom random,
            String replica,
            LiveKeyManager keys,
            RenewalOrders orders,
            BelievedIssuers issuers) {
        this.orders = orders;
        this.issuers = issuers;
        this.issuance = issuance;
        this.crypto = crypto;
        this.clock = clock;
        this.random = random;
        this.replica = replica;
        this.keys = keys;
        ScheduledThreadPoolExecutor executor =
                new ScheduledThreadPoolExecutor(
                        1,
                        Thread.ofPlatform().daemon().name("signet-server-certificate").factory());
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.scheduler = executor;
    }

    /// After a change of the authorities: one that signed the certificate in use may have been
    /// revoked.
    void authoritiesChanged() {
        try {
            scheduler.execute(() -> {
                if (disowned()) {
                    look();
                }
            });
        } catch (RejectedExecutionException _) {
            // Stopped meanwhile.
        }
    }

    /// Begins, and waits a while for the first certificate. Without it the server starts all the
    /// same: it is not ready and keeps asking.
    void start(Duration patience) throws InterruptedException {
        var _ =
                scheduler.scheduleWithFixedDelay(
                        this::look, 0, LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        if (!first.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.warn("no server certificate yet: {}", lastFailure);
        }
    }

    /// Why handshakes fail; null while there is a certificate to show.
    @Nullable String objection() {
        Instant end = notAfter;
        if (end == null) {
            return "no server certificate: " + lastFailure;
        }
        return clock.instant().isAfter(end) ? "server certificate expired: " + lastFailure : null;
    }

    /// When the certificate in use expires; null without one.
    @Nullable Instant notAfter() {
        return notAfter;
    }

    private void look() {
        try {
            Instant now = clock.instant();
            Instant end = notAfter;
            if (end != null && now.isAfter(end)) {
                keys.clear();
            }
            if (!asking && (!now.isBefore(nextAttempt) || ordered() || disowned())) {
                ask();
            }
        } catch (RuntimeException | GeneralSecurityException e) {
            failed(String.valueOf(e.getMessage()));
            LOG.error("the server certificate could not be asked for", e);
        }
    }

    /// The certificate in use, as orders to renew go by it.
    ///
    /// @param obeyed greatest number of an order that was in force when it was asked for
    private record Holding(RecordedCertificate certificate, long obeyed) {}

    /// Whether an order to renew names the certificate in use. There is one for each replica, so
    /// none waits for a moment of the window.
    private boolean ordered() {
        Holding held = holding;
        if (held == null || failures > 0) {
            return false;
        }
        RecordedCertificate certificate = held.certificate();
        return orders.current().stream()
                .anyMatch(order ->
                        order.number() > held.obeyed()
                                && (order.authorityIds().isEmpty()
                                        || order.authorityIds().contains(certificate.authorityId()))
                                && certificate
                                        .spiffeId()
                                        .toString()
                                        .startsWith(order.spiffeIdPrefix())
                                && certificate
                                        .validity()
                                        .notBefore()
                                        .isBefore(order.issuedBefore()));
    }

    /// Whether nobody trusts the certificate in use any more, as its issuing CA or the root above
    /// was revoked. Waiting for its window would lock out all clients, operators included.
    private boolean disowned() {
        Holding held = holding;
        return held != null
                && failures == 0
                && !issuers.isBelieved(held.certificate().authorityId());
    }

    private long newestOrder() {
        return orders.current().stream().mapToLong(RenewalOrder::number).max().orElse(0);
    }

    private void ask() throws GeneralSecurityException {
        OwnSigningRequest own =
                OwnSigningRequest.create(
                        crypto.newKeyPairGenerator("EC"), crypto.newSignature("SHA256withECDSA"));
        asking = true;
        long obeyed = newestOrder();
        issuance.issue(
                new IssuanceRequest(
                        new Evidence.ThisServer(replica),
                        own.der(),
                        null,
                        RequestedCertificate.NOTHING),
                outcome -> onScheduler(() -> decided(outcome, own, obeyed)),
                fault -> onScheduler(() -> failed(String.valueOf(fault.getMessage()))));
    }

    private void onScheduler(Runnable task) {
        try {
            scheduler.execute(() -> {
                try {
                    task.run();
                } finally {
                    asking = false;
                }
            });
        } catch (RejectedExecutionException _) {
            // Stopped meanwhile.
        }
    }

    private void decided(IssuanceOutcome outcome, OwnSigningRequest own, long obeyed) {
        switch (outcome) {
            case IssuanceOutcome.Issued issued -> take(issued, own, obeyed);
            case IssuanceOutcome.Refused(Refusal refusal) ->
                    failed(refusal.code() + ": " + refusal.message());
        }
    }

    private void take(IssuanceOutcome.Issued issued, OwnSigningRequest own, long obeyed) {
        RecordedCertificate certificate = issued.certificate();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            List<X509Certificate> chain = new ArrayList<>();
            chain.add(parse(factory, certificate.der()));
            for (byte[] issuer : issued.issuerChain()) {
                chain.add(parse(factory, issuer));
            }
            keys.swap(
                    new LiveKeyManager.Material(
                            certificate.serialNumber().hex(), own.privateKey(), chain));
        } catch (CertificateException e) {
            failed("certificate cannot be read: " + e.getMessage());
            return;
        }
        failures = 0;
        holding = new Holding(certificate, obeyed);
        notAfter = certificate.validity().notAfter();
        long window = Duration.between(issued.renewFrom(), issued.renewUntil()).toMillis();
        nextAttempt = issued.renewFrom().plusMillis(window > 0 ? random.nextLong(window + 1) : 0);
        first.countDown();
        LOG.info("server certificate {} until {}", certificate.serialNumber(), this.notAfter);
    }

    private static X509Certificate parse(CertificateFactory factory, byte[] der)
            throws CertificateException {
        return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
    }

    private void failed(String why) {
        lastFailure = why;
        long longest =
                Math.min(
                        LONGEST_BACKOFF.toMillis(),
                        FIRST_BACKOFF.toMillis() << Math.min(failures, 10));
        failures++;
        nextAttempt = clock.instant().plusMillis(random.nextLong(longest + 1));
        LOG.warn("no new server certificate: {}", why);
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
