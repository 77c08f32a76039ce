package dev.signet.ca.status;

import dev.signet.ca.authority.SigningException;
import dev.signet.ca.authority.StatusAuthority;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.revocation.RevocationFeed;
import dev.signet.ca.revocation.RevokedCertificate;

import org.bouncycastle.asn1.x509.Certificate;
import org.jspecify.annotations.Nullable;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/// One round of CRLs: which revocations go into them, what is carried over from the last ones, and
/// how they come on record. The numbers are those of docs/crl-and-ocsp.md. Thread-safe.
///
/// What was in the last CRL of a shard and has not been seen in one that was issued after the
/// certificate's end is in the next one whatever the feed says: a revocation that PostgreSQL lost
/// when it was put back to an earlier moment stays revoked here (R15).
final class CrlIssue {

    /// Some clients' clocks are behind ours: they would refuse a CRL of this very second.
    static final Duration BACKDATE = Duration.ofSeconds(15);

    /// A replica that has just started takes no older CRL for the last one: PostgreSQL may have
    /// been put back to an earlier moment, and a CRL with a greater number be in somebody's hands.
    static final Duration LONGEST_TRUSTED = Duration.ofMinutes(1);

    private static final Duration EXPIRY_PERIOD = Duration.ofHours(1);

    /// A full CRL is not split however large it gets: so many bytes of it are signed and recorded
    /// in a second at most.
    private static final int FULL_BYTES_PER_SECOND = 1_000_000;

    private static final SortedSet<Integer> NONE = Collections.emptySortedSet();

    private final RevocationFeed feed;
    private final ShardPlans plans;
    private final CrlRecords records;
    private final PublishedCrls published;
    private final StatusSettings.Crl settings;
    private final CryptoProvider crypto;
    private final InstantSource clock;

    CrlIssue(
            RevocationFeed feed,
            ShardPlans plans,
            CrlRecords records,
            PublishedCrls published,
            StatusSettings.Crl settings,
            CryptoProvider crypto,
            InstantSource clock) {
        this.feed = feed;
        this.plans = plans;
        this.records = records;
        this.published = published;
        this.settings = settings;
        this.crypto = crypto;
        this.clock = clock;
    }

    /// Entries of some shards, all complete up to one moment.
    ///
    /// @param ending serial numbers among them that the feed may forget while we look
    record Round(Map<Shard, CrlEntries> entries, Set<SerialNumber> ending, long sequence) {}

    // 1. Collect: one pass over the feed for all these shards.
    Round collect(Collection<Shard> shards) {
        Instant now = clock.instant();
        Map<Shard, CrlEntries> entries = new HashMap<>();
        Map<String, SortedSet<Integer>> bits = new HashMap<>();
        for (Shard shard : shards) {
            entries.put(shard, new CrlEntries());
            bits.computeIfAbsent(shard.authorityId(), plans::everyBits);
        }
        Map<Shard, Instant> keptFrom = new HashMap<>();
        shards.forEach(shard ->
                keptFrom.put(shard, published.find(shard).map(CrlRecord::thisUpdate).orElse(now)));
        Set<SerialNumber> ending = new HashSet<>();
        long[] sequence = {0};
        RevocationFeed.Knowledge knowledge =
                feed.forEachAfter(
                        0,
                        revoked -> {
                            sequence[0] = Math.max(sequence[0], revoked.sequence());
                            SerialNumber serial = revoked.serialNumber();
                            boolean added = false;
                            for (int each : bits.getOrDefault(revoked.authorityId(), NONE)) {
                                Shard shard = Shard.of(revoked.authorityId(), serial, each);
                                added |= add(entries.get(shard), revoked, keptFrom.get(shard));
                            }
                            Shard full = Shard.full(revoked.authorityId());
                            added |= add(entries.get(full), revoked, keptFrom.get(full));
                            if (added && !serial.expiryHour().isAfter(now)) {
                                ending.add(serial);
                            }
                        });
        return new Round(entries, ending, Math.max(sequence[0], knowledge.sequence()));
    }

    /// @param list null: not asked for
    private static boolean add(
            @Nullable CrlEntries list, RevokedCertificate revoked, @Nullable Instant keptFrom) {
        if (list == null || !lasts(revoked.serialNumber(), keptFrom)) {
            return false;
        }
        list.add(revoked.serialNumber(), revoked.revokedAt(), revoked.reason());
        return true;
    }

    /// Whether the certificate may still have been valid at that instant. Its serial number knows
    /// the hour only.
    private static boolean lasts(SerialNumber serialNumber, @Nullable Instant instant) {
        return instant == null || !serialNumber.expiryHour().plus(EXPIRY_PERIOD).isBefore(instant);
    }

    /// 2. to 5. for one shard; what is published afterwards is what is on record.
    ///
    /// @param refresh whether a new one is wanted though nothing was revoked
    /// @return the CRL now published; empty: another replica is at it
    /// @throws SigningException when there is no signature
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL did not confirm
    Optional<CrlRecord> issue(
            StatusAuthority authority, Shard shard, Round round, boolean refresh) {
        CrlRecord held = published.find(shard).orElse(null);
        // 2. Take the number, alone for this shard over all replicas.
        Optional<CrlRecord> recorded =
                records.next(
                        shard,
                        newest -> {
                            CrlRecord last = newer(newest, held);
                            return newest != null
                                            && last != null
                                            && newest.number() == last.number()
                                            && stays(newest, held, round, refresh)
                                    ? newest
                                    : sign(authority, shard, round, last);
                        });
        // 5. Publish what is on record.
        recorded.ifPresent(published::publish);
        return recorded;
    }

    private static @Nullable CrlRecord newer(@Nullable CrlRecord one, @Nullable CrlRecord other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.number() >= other.number() ? one : other;
    }

    /// Whether the newest one will do: another replica signed it meanwhile, or a moment ago.
    private boolean stays(
            CrlRecord newest, @Nullable CrlRecord held, Round round, boolean refresh) {
        if (isRecent(newest)) {
            return true;
        }
        Duration age = age(newest);
        Duration longest = held == null ? LONGEST_TRUSTED : settings.interval();
        boolean recent = !age.isNegative() && age.compareTo(longest) < 0;
        boolean others = held == null || newest.number() > held.number();
        boolean named = newest.uris().equals(plans.uris(newest.shard()));
        return newest.sequence() >= round.sequence() && recent && named && (others || !refresh);
    }

    private Duration age(CrlRecord record) {
        return Duration.between(record.thisUpdate().plus(BACKDATE), clock.instant());
    }

    /// Whether it is too early for the next one of its shard, whatever was revoked.
    boolean isRecent(CrlRecord record) {
        Duration age = age(record);
        Duration pause = settings.pause();
        if (record.shard().isFull()) {
            Duration bySize =
                    Duration.ofMillis(record.der().length / (FULL_BYTES_PER_SECOND / 1000));
            pause = bySize.compareTo(pause) > 0 ? bySize : pause;
        }
        return !age.isNegative() && age.compareTo(pause) < 0;
    }

    private CrlRecord sign(
            StatusAuthority authority, Shard shard, Round round, @Nullable CrlRecord last) {
        // 3. Write: what was revoked, and what the last one said that the feed does not.
        CrlEntries entries = round.entries().getOrDefault(shard, new CrlEntries());
        if (last != null) {
            carryOver(last, round, entries);
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        long number = now.getEpochSecond();
        long sequence = round.sequence();
        if (last != null) {
            number = Math.max(number, last.number() + 1);
            sequence = Math.max(sequence, last.sequence());
        }
        Instant thisUpdate = now.minus(BACKDATE);
        List<String> uris = plans.uris(shard);
        Instant nextUpdate = thisUpdate.plus(settings.lifetime()).truncatedTo(ChronoUnit.SECONDS);
        byte[] toBeSigned =
                CrlWriter.toBeSigned(
                        authority.issuer(), number, thisUpdate, nextUpdate, uris, entries);
        // 4. Sign, and check the signature: a token that errs must not be heard.
        byte[] signature = authority.signCertificateList(toBeSigned);
        requireSigned(authority, toBeSigned, signature);
        byte[] der =
                DerOctets.signed(
                        toBeSigned,
                        DerOctets.of(DerOctets.identifier(authority.issuer().algorithm())),
                        signature);
        return new CrlRecord(
                shard, number, thisUpdate, nextUpdate, sequence, entries.count(), uris, der);
    }

    private void carryOver(CrlRecord last, Round round, CrlEntries entries) {
        Instant now = clock.instant();
        CrlReader.forEach(
                last.der(),
                (serialNumber, der, offset, length) -> {
                    boolean there =
                            serialNumber.expiryHour().isAfter(now)
                                    ? feed.find(serialNumber)
                                            .filter(it -> it.sequence() <= round.sequence())
                                            .isPresent()
                                    : round.ending().contains(serialNumber);
                    if (!there && lasts(serialNumber, last.thisUpdate())) {
                        entries.addEncoded(der, offset, length);
                    }
                });
    }

    private void requireSigned(StatusAuthority authority, byte[] toBeSigned, byte[] octets) {
        try {
            byte[] keyInfo =
                    DerOctets.of(
                            Certificate.getInstance(authority.certificate())
                                    .getSubjectPublicKeyInfo());
            String name = authority.issuer().algorithm().jcaName();
            PublicKey key =
                    crypto.keyFactory(keyAlgorithm(authority))
                            .generatePublic(new X509EncodedKeySpec(keyInfo));
            Signature signature = crypto.newSignature(name);
            signature.initVerify(key);
            signature.update(toBeSigned);
            if (signature.verify(octets)) {
                return;
            }
        } catch (GeneralSecurityException e) {
            throw new SigningException("the signature of a CRL cannot be checked", e);
        }
        throw new SigningException("the signature of a CRL is wrong; it is thrown away", null);
    }

    static String keyAlgorithm(StatusAuthority authority) {
        return switch (authority.issuer().algorithm()) {
            case ECDSA_P256_SHA256, ECDSA_P384_SHA384 -> "EC";
            case ED25519 -> "Ed25519";
            case RSA_SHA256 -> "RSA";
        };
    }

    /// Whether a shard is to be signed anew because of its age, or because certificates name it by
    /// other URIs since.
    boolean isOld(CrlRecord record) {
        return !clock.instant()
                        .isBefore(record.thisUpdate().plus(BACKDATE).plus(settings.interval()))
                || !record.uris().equals(plans.uris(record.shard()));
    }

    /// From now to the next regular CRL; zero: it is late.
    Duration untilNext(CrlRecord record) {
        Duration left =
                Duration.between(
                        clock.instant(),
                        record.thisUpdate().plus(BACKDATE).plus(settings.interval()));
        return left.isNegative() ? Duration.ZERO : left;
    }
}
