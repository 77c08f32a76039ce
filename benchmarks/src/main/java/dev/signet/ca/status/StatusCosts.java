package dev.signet.ca.status;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.ledger.CertificateRecords.CertificateRecord;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;

import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// CRLs and OCSP answers of one process without PostgreSQL and without a network: what the code
/// itself costs, beside the P-256 signatures that the same thread makes.
public final class StatusCosts {

    private final CryptoProvider crypto = CryptoProvider.detect();
    private final Instant now =
            Instant.ofEpochSecond(System.nanoTime() / 1_000_000_000L % 86_400)
                    .plus(20_000, ChronoUnit.DAYS);
    private final InstantSource clock = () -> now;
    private final MeasuredAuthority authority;
    private final List<String> lines = new ArrayList<>();

    /// @throws Exception when the authority cannot be made
    public StatusCosts() throws Exception {
        authority =
                new MeasuredAuthority(
                        crypto, Validity.of(now.minus(Duration.ofDays(1)), Duration.ofDays(365)));
    }

    /// Measures, and gives a table in Markdown.
    ///
    /// @param entries revoked certificates
    /// @param seconds of each OCSP figure
    public String measure(int entries, int seconds) throws Exception {
        lines.add("| What | Time | Octets | Allocated | Heap beside the feed's |");
        lines.add("|---|---|---|---|---|");
        long before = liveHeap();
        MeasuredFeed feed = new MeasuredFeed(entries, authority.id(), now);
        long own = liveHeap();
        lines.add(
                "| the feed of "
                        + entries
                        + " revocations in this benchmark | | | | "
                        + mega(own - before)
                        + " |");
        crls(feed, entries, 100_000_000, own, "one CRL");
        crls(feed, entries, 1_000_000, own, "shards of at most 1 MB");
        lines.add("");
        ocsp(feed, seconds);
        return String.join("\n", lines) + "\n";
    }

    private void crls(MeasuredFeed feed, int entries, int maxSize, long own, String what) {
        StatusSettings.Crl settings =
                new StatusSettings.Crl(
                        Duration.ofHours(24), Duration.ofHours(6), Duration.ofSeconds(1), maxSize);
        StatusSettings all =
                new StatusSettings(
                        "http://ca.example.org",
                        Duration.ofHours(24),
                        Duration.ofMinutes(1),
                        settings,
                        StatusSettings.defaults().ocsp());
        ShardPlans plans =
                new ShardPlans(
                        new Plans(),
                        all,
                        () -> maxSize > 1_000_000 ? 0 : entries,
                        System::nanoTime);
        plans.ensure(authority.id(), false);
        int bits = plans.bits(authority.id()).orElse(0);
        PublishedCrls published = new PublishedCrls();
        CrlIssue issue =
                new CrlIssue(feed, plans, new Records(), published, settings, crypto, clock);
        List<Shard> shards = new ArrayList<>();
        for (int id = 1 << bits; id < 2 << bits; id++) {
            shards.add(new Shard(authority.id(), id));
        }
        for (String round :
                new String[] {"first", "second, with what the first said carried over"}) {
            long allocated = allocated();
            long begin = System.nanoTime();
            for (int from = 0; from < shards.size(); from += 64) {
                List<Shard> some = shards.subList(from, Math.min(shards.size(), from + 64));
                CrlIssue.Round collected = issue.collect(some);
                some.forEach(shard -> {
                    var _ = issue.issue(authority, shard, collected, true);
                });
            }
            long nanos = System.nanoTime() - begin;
            long octets = published.all().stream().mapToLong(crl -> crl.der().length).sum();
            long listed = published.all().stream().mapToLong(CrlRecord::entries).sum();
            if (listed != entries) {
                throw new IllegalStateException(listed + " entries (expected: " + entries + ")");
            }
            lines.add(
                    "| "
                            + entries
                            + " entries, "
                            + what
                            + " ("
                            + shards.size()
                            + "), "
                            + round
                            + " | "
                            + nanos / 1_000_000
                            + " ms | "
                            + octets
                            + " | "
                            + mega(allocated() - allocated)
                            + " | "
                            + mega(liveHeap() - own)
                            + " |");
        }
    }

    private void ocsp(MeasuredFeed feed, int seconds) throws Exception {
        Ledger ledger = new Ledger();
        StatusSettings settings = StatusSettings.defaults();
        OcspResponders responders =
                new OcspResponders(
                        () -> List.of(authority),
                        ledger,
                        settings.ocsp().responderLifetime(),
                        crypto,
                        clock);
        responders.renew();
        byte[][] plain = new byte[512][];
        byte[][] nonce = new byte[512][];
        for (int i = 0; i < plain.length; i++) {
            SerialNumber serialNumber = serialNumber(i);
            ledger.issue(serialNumber, authority.id(), now);
            plain[i] = request(serialNumber, null);
            nonce[i] = request(serialNumber, new byte[32]);
        }
        double signs =
                rate(
                        seconds,
                        () -> authority.signCertificateList(new byte[256]),
                        new byte[1][0],
                        _ -> {});
        lines.add(
                "| OCSP, one thread, ledger in memory | a second | of this thread's P-256 signatures |");
        lines.add("|---|---|---|");
        row("P-256 signatures, a new signer each", signs, signs);
        OcspAnswers cached = answers(feed, ledger, responders, 20_000, settings);
        row("answers without a nonce, cached", rate(seconds, null, plain, cached::answer), signs);
        OcspAnswers signed = answers(feed, ledger, responders, 0, settings);
        row("answers without a nonce, signed", rate(seconds, null, plain, signed::answer), signs);
        row("answers with a nonce", rate(seconds, null, nonce, cached::answer), signs);
    }

    private OcspAnswers answers(
            MeasuredFeed feed,
            Ledger ledger,
            OcspResponders responders,
            int cache,
            StatusSettings settings) {
        return new OcspAnswers(
                () -> List.of(authority),
                new StatusLookup(feed, ledger, ledger, List::of, clock),
                feed,
                responders,
                new OcspCache(cache),
                settings.ocsp(),
                crypto,
                clock,
                new StatusMetrics(new SimpleMeterRegistry()));
    }

    private void row(String what, double rate, double signs) {
        lines.add("| %s | %,.0f | %.2f |".formatted(what, rate, rate / signs));
    }

    private static double rate(
            int seconds,
            @Nullable Supplier<byte[]> work,
            byte[][] inputs,
            Consumer<byte[]> answer) {
        double rate = 0;
        for (int round = 0; round < 2; round++) { // the first one warms up
            long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
            long begin = System.nanoTime();
            int count = 0;
            while (System.nanoTime() < end) {
                if (work == null) {
                    answer.accept(inputs[count % inputs.length]);
                } else {
                    var _ = work.get();
                }
                count++;
            }
            rate = count / ((System.nanoTime() - begin) / 1e9);
        }
        return rate;
    }

    private SerialNumber serialNumber(int index) {
        byte[] octets = new byte[SerialNumber.RANDOM_LENGTH];
        octets[0] = (byte) (index >>> 8);
        octets[1] = (byte) index;
        return SerialNumber.of(now.plus(Duration.ofDays(1)), octets);
    }

    private byte[] request(SerialNumber serialNumber, byte @Nullable [] nonce) throws Exception {
        OCSPReqBuilder request =
                new OCSPReqBuilder()
                        .addRequest(
                                new CertificateID(
                                        new JcaDigestCalculatorProviderBuilder()
                                                .build()
                                                .get(CertificateID.HASH_SHA1),
                                        new X509CertificateHolder(authority.certificate()),
                                        new BigInteger(1, serialNumber.octets())));
        if (nonce != null) {
            request.setRequestExtensions(
                    new Extensions(
                            new Extension(
                                    OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
                                    false,
                                    new DEROctetString(nonce).getEncoded())));
        }
        return request.build().getEncoded();
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }

    private static long liveHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static String mega(long octets) {
        return octets / 1_000_000 + " MB";
    }

    private static final class Plans implements ShardPlanRecords {
        private final List<Plan> plans = new ArrayList<>();

        @Override
        public List<Plan> all() {
            return List.copyOf(plans);
        }

        @Override
        public void add(Plan plan) {
            plans.add(plan);
        }
    }

    private static final class Records implements CrlRecords {
        private final Map<Shard, CrlRecord> newest = new HashMap<>();

        @Override
        public List<Head> heads() {
            return List.of();
        }

        @Override
        public Optional<CrlRecord> newest(Shard shard) {
            return Optional.ofNullable(newest.get(shard));
        }

        @Override
        public Optional<CrlRecord> next(Shard shard, Maker maker) {
            // None is said to be the newest: each round signs.
            CrlRecord made = maker.make(null);
            newest.put(shard, made);
            return Optional.of(made);
        }

        @Override
        public void forgetSuperseded() {}
    }

    private static final class Ledger implements CertificateRecords, ResponderCertificates {
        private final Map<SerialNumber, CertificateRecord> records = new HashMap<>();

        void issue(SerialNumber serialNumber, String authorityId, Instant now) {
            Validity validity = Validity.of(now, Duration.ofDays(1));
            records.put(
                    serialNumber,
                    new CertificateRecord(
                            serialNumber,
                            "spiffe://benchmark.example/a",
                            "",
                            "",
                            now,
                            validity,
                            "server",
                            "",
                            "{}",
                            "1",
                            "1",
                            "workload",
                            2,
                            authorityId,
                            null,
                            "replica",
                            new byte[32],
                            new byte[1],
                            List.of()));
        }

        @Override
        public Optional<CertificateRecord> bySerialNumber(SerialNumber serialNumber) {
            return Optional.ofNullable(records.get(serialNumber));
        }

        @Override
        public Page search(Criteria criteria, int limit, @Nullable String pageToken) {
            return new Page(List.of(), null);
        }

        @Override
        public void stream(Criteria criteria, Consumer<CertificateRecord> consumer) {}

        @Override
        public void record(Entry entry) {}

        @Override
        public Optional<Entry> find(SerialNumber serialNumber) {
            return Optional.empty();
        }
    }
}
