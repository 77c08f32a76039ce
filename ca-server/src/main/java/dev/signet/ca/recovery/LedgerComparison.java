package dev.signet.ca.recovery;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.crypto.CryptoProvider;

import io.micrometer.core.instrument.Counter;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.math.BigInteger;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// Looks for presented certificates in the ledger, many at a time, on a thread of its own. Each is
/// looked for once; when more come than can be looked for, some are passed over until they are
/// presented again.
final class LedgerComparison implements PresentedCertificates, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerComparison.class);

    private static final int QUEUE = 4096;
    private static final int BATCH = 256;

    /// About 100 octets each.
    private static final int MOST_REMEMBERED = 100_000;

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);
    private static final int SAN_URI = 6;

    private record Presented(X509Certificate leaf, X509Certificate issuer) {}

    private final JdbcUnrecordedCertificates certificates;
    private final CryptoProvider crypto;
    private final Counter unrecorded;
    private final BlockingQueue<Presented> queue = new ArrayBlockingQueue<>(QUEUE);
    private final Cache<BigInteger, Boolean> known =
            Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).executor(Runnable::run).build();
    private final Thread thread;
    private boolean failedBefore;

    /// @param unrecorded counts those that this replica found first
    LedgerComparison(
            JdbcUnrecordedCertificates certificates, CryptoProvider crypto, Counter unrecorded) {
        this.certificates = certificates;
        this.crypto = crypto;
        this.unrecorded = unrecorded;
        this.thread = Thread.ofVirtual().name("signet-recovery").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    @Override
    public void presented(X509Certificate leaf, X509Certificate issuer) {
        BigInteger serial = leaf.getSerialNumber();
        if (known.getIfPresent(serial) == null && queue.offer(new Presented(leaf, issuer))) {
            known.put(serial, true);
        }
    }

    private void run() {
        List<Presented> batch = new ArrayList<>(BATCH);
        try {
            while (true) {
                batch.add(queue.take());
                queue.drainTo(batch, BATCH - 1);
                while (!compared(batch)) {
                    TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE.toMillis());
                }
                batch.clear();
            }
        } catch (InterruptedException _) {
            // Closed.
        }
    }

    /// @return false: PostgreSQL did not answer
    private boolean compared(List<Presented> batch) {
        try {
            List<UnrecordedCertificate> presented =
                    batch.stream().map(this::read).filter(Objects::nonNull).toList();
            Set<SerialNumber> recorded = certificates.recorded(presented);
            for (UnrecordedCertificate certificate : presented) {
                if (!recorded.contains(certificate.serialNumber())
                        && certificates.insert(certificate)) {
                    unrecorded.increment();
                    LOG.error(
                            "Certificate {} of {} verifies as ours and is not on record: either"
                                    + " PostgreSQL was put back to an earlier moment, or somebody else"
                                    + " signs with the key of authority {}",
                            certificate.serialNumber(),
                            certificate.spiffeId(),
                            certificate.authorityId());
                }
            }
            failedBefore = false;
            return true;
        } catch (RuntimeException e) {
            if (!failedBefore) {
                LOG.warn("Presented certificates could not be compared with the ledger", e);
            }
            failedBefore = true;
            return false;
        }
    }

    private @org.jspecify.annotations.Nullable UnrecordedCertificate read(Presented presented) {
        X509Certificate leaf = presented.leaf();
        Optional<SerialNumber> serial =
                SerialNumber.fromOctets(leaf.getSerialNumber().toByteArray());
        if (serial.isEmpty()) {
            // Not of our making, so its issuer's key signed for somebody else.
            LOG.error(
                    "A certificate with serial number {} verifies as ours, and no serial number of"
                            + " ours has that form: somebody else signs with a key of this CA",
                    leaf.getSerialNumber().toString(16));
            unrecorded.increment();
            return null;
        }
        try {
            return new UnrecordedCertificate(
                    serial.get(),
                    uri(leaf),
                    HexFormat.of().formatHex(crypto.sha256(presented.issuer().getEncoded())),
                    leaf.getNotBefore().toInstant(),
                    leaf.getNotAfter().toInstant(),
                    Instant.EPOCH,
                    leaf.getEncoded());
        } catch (CertificateEncodingException | CertificateParsingException e) {
            LOG.warn("A presented certificate cannot be read", e);
            return null;
        }
    }

    private static String uri(X509Certificate leaf) throws CertificateParsingException {
        var names = leaf.getSubjectAlternativeNames();
        return names == null
                ? ""
                : names.stream()
                        .filter(name -> name.getFirst().equals(SAN_URI))
                        .map(name -> String.valueOf(name.get(1)))
                        .findFirst()
                        .orElse("");
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
