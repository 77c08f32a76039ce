package dev.signet.ca.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.TestDatabase;
import dev.signet.ca.authority.SigningException;
import dev.signet.ca.authority.StatusAuthority;
import dev.signet.ca.authority.TestAuthority;
import dev.signet.ca.certificate.Issuer;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.revocation.RevocationReason;
import dev.signet.ca.revocation.RevokedCertificate;

import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

class R15_CrlIT {

    private static final String URL = "http://ca.example.org";
    private static final StatusSettings SETTINGS = StatusSettings.at(URL);

    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    private final InstantSource clock = now::get;
    private final TestAuthority ca = TestAuthority.at(now.get());
    private final FakeFeed feed = new FakeFeed(clock);
    private TestDatabase database;

    @BeforeEach
    void create() {
        database = TestDatabase.create();
    }

    @AfterEach
    void drop() {
        database.close();
    }

    private CrlReplica replica() {
        return new CrlReplica(database, ca.status(), feed, SETTINGS, clock);
    }

    private void pass(Duration time) {
        now.updateAndGet(instant -> instant.plus(time));
    }

    private SerialNumber serial(Duration lifetime) {
        byte[] random = new byte[SerialNumber.RANDOM_LENGTH];
        TestCertificates.CRYPTO.secureRandom().nextBytes(random);
        return SerialNumber.of(now.get().plus(lifetime), random);
    }

    private RevokedCertificate revoke(Duration lifetime, RevocationReason reason) {
        return feed.revoke(serial(lifetime), ca.status().id(), reason);
    }

    private RevokedCertificate revoke() {
        return revoke(Duration.ofHours(48), RevocationReason.SUPERSEDED);
    }

    private static boolean lists(CrlRecord crl, RevokedCertificate revoked) {
        return CrlReplica.parse(crl)
                        .getRevokedCertificate(new BigInteger(revoked.serialNumber().octets()))
                != null;
    }

    private X509CRL verified(CrlRecord record) throws Exception {
        X509CRL crl = CrlReplica.parse(record);
        crl.verify(TestCertificates.parse(ca.status().certificate()).getPublicKey());
        return crl;
    }

    @Test
    void anEmptyListIsAbsentAndTheRestIsAsRfc5280Wants() throws Exception {
        CrlReplica replica = replica();
        replica.signing.sign();
        CrlRecord record = replica.held();
        X509CRL crl = verified(record);
        assertThat(crl.getRevokedCertificates()).isNull();
        assertThat(crl.getVersion()).isEqualTo(2);
        X509CRLHolder holder = new X509CRLHolder(record.der());
        // AKI, CRL number, issuing distribution point; no delta CRL indicator.
        assertThat(holder.getExtensionOIDs().toString())
                .isEqualTo(
                        List.of(
                                        Extension.authorityKeyIdentifier,
                                        Extension.cRLNumber,
                                        Extension.issuingDistributionPoint)
                                .toString());
        assertThat(crl.getCriticalExtensionOIDs())
                .containsExactly(Extension.issuingDistributionPoint.getId());
        assertThat(
                        ASN1Integer.getInstance(
                                holder.getExtension(Extension.cRLNumber).getParsedValue()))
                .isEqualTo(new ASN1Integer(record.number()));
        assertThat(
                        IssuingDistributionPoint.getInstance(
                                        holder.getExtension(Extension.issuingDistributionPoint)
                                                .getParsedValue())
                                .getDistributionPoint()
                                .toString())
                .contains(URL + "/crl/" + ca.status().id() + "/1.crl");
        assertThat(crl.getThisUpdate().toInstant()).isEqualTo(now.get().minus(CrlIssue.BACKDATE));
        assertThat(crl.getNextUpdate().toInstant())
                .isEqualTo(record.thisUpdate().plus(SETTINGS.crl().lifetime()));
        // Written once more by code that does not share a line: the same octets.
        assertThat(holder.toASN1Structure().getEncoded("DER")).isEqualTo(record.der());
        assertThat(holder.getIssuer())
                .isEqualTo(new X509CertificateHolder(ca.status().certificate()).getSubject());
    }

    @Test
    void theFullCrlHasEveryShardsEntriesAndNoDistributionPoint() throws Exception {
        CrlReplica replica =
                new CrlReplica(
                        database,
                        ca.status(),
                        feed,
                        SETTINGS,
                        clock,
                        () -> 40_000, // four shards
                        records -> records);
        List<RevokedCertificate> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add(revoke());
        }
        replica.signing.sign();
        assertThat(replica.published.all()).hasSizeGreaterThan(3);
        CrlRecord full = replica.full();
        assertThat(all).allMatch(revoked -> lists(full, revoked));
        assertThat(verified(full).getCriticalExtensionOIDs()).isEmpty();
        assertThat(new X509CRLHolder(full.der()).getExtensionOIDs().toString())
                .isEqualTo(
                        List.of(Extension.authorityKeyIdentifier, Extension.cRLNumber).toString());
    }

    @Test
    void R15_theFullCrlForgetsNothingEither() {
        CrlReplica replica = replica();
        RevokedCertificate lost = revoke();
        replica.signing.sign();
        long number = replica.full().number();
        pass(Duration.ofMinutes(10));
        feed.forget(lost);
        database.ownerJdbcClient().sql("DELETE FROM status.full_crl").update();
        RevokedCertificate next = revoke();
        replica.signing.sign();
        assertThat(replica.full().number()).isGreaterThan(number);
        assertThat(lists(replica.full(), lost)).isTrue();
        assertThat(lists(replica.full(), next)).isTrue();
        // Another replica serves the same octets.
        CrlReplica other = replica();
        other.signing.sign();
        assertThat(other.full().der()).isEqualTo(replica.full().der());
    }

    @Test
    void aLargeFullCrlIsSignedTheLessOftenTheLargerItIs() {
        CrlReplica replica = replica();
        for (int i = 0; i < 100_000; i++) {
            revoke();
        }
        replica.signing.sign();
        CrlRecord first = replica.full();
        assertThat(first.der().length).isBetween(5_000_000, 6_000_000);
        RevokedCertificate late = revoke();
        pass(Duration.ofSeconds(4));
        replica.signing.sign();
        assertThat(lists(replica.held(), late)).isTrue();
        assertThat(replica.full()).isSameAs(first);
        pass(Duration.ofSeconds(2));
        replica.signing.sign();
        assertThat(lists(replica.full(), late)).isTrue();
    }

    @Test
    void supersededFullCrlsAreRemovedAndTheServedOneStays() {
        CrlReplica replica = replica();
        for (int i = 0; i < 4; i++) {
            replica.signing.sign();
            pass(Duration.ofHours(6));
        }
        database.ownerJdbcClient()
                .sql("UPDATE status.full_crl SET recorded_at = recorded_at - interval '2 hours'")
                .update();
        replica.records.forgetSuperseded();
        assertThat(
                        database.ownerJdbcClient()
                                .sql("SELECT number FROM status.full_crl ORDER BY number DESC")
                                .query(Long.class)
                                .list())
                .hasSize(2)
                .first()
                .isEqualTo(replica.full().number());
    }

    @Test
    void namesTheReasonUnlessItIsUnspecified() throws Exception {
        List<RevokedCertificate> all = new ArrayList<>();
        for (RevocationReason reason : RevocationReason.values()) {
            all.add(revoke(Duration.ofHours(2), reason));
        }
        CrlReplica replica = replica();
        replica.signing.sign();
        X509CRL crl = verified(replica.held());
        assertThat(crl.getRevokedCertificates()).hasSize(all.size());
        for (RevokedCertificate revoked : all) {
            var entry = crl.getRevokedCertificate(new BigInteger(revoked.serialNumber().octets()));
            assertThat(entry.getRevocationDate().toInstant()).isEqualTo(revoked.revokedAt());
            if (revoked.reason() == RevocationReason.UNSPECIFIED) {
                assertThat(entry.hasExtensions()).isFalse();
            } else {
                assertThat(entry.getRevocationReason().ordinal())
                        .isEqualTo(revoked.reason().code());
            }
        }
        assertThat(new X509CRLHolder(replica.held().der()).toASN1Structure().getEncoded("DER"))
                .isEqualTo(replica.held().der());
    }

    @Test
    void aRevocationIsInTheNextCrlAtOnceAndManyAreInOne() {
        CrlReplica replica = replica();
        replica.signing.sign();
        long first = replica.held().number();
        replica.signing.sign();
        assertThat(replica.held().number()).isEqualTo(first);
        pass(Duration.ofSeconds(1));
        List<RevokedCertificate> many = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            many.add(revoke());
        }
        replica.signing.sign();
        CrlRecord second = replica.held();
        assertThat(second.number()).isGreaterThan(first);
        assertThat(many).allMatch(revoked -> lists(second, revoked));
        RevokedCertificate late = revoke();
        replica.signing.sign();
        assertThat(replica.held()).isSameAs(second); // within the pause
        pass(Duration.ofSeconds(1));
        replica.signing.sign();
        assertThat(lists(replica.held(), late)).isTrue();
    }

    @Test
    void R15_whatIsRevokedAndUnexpiredStaysWhateverTheFeedForgets() {
        CrlReplica replica = replica();
        List<RevokedCertificate> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(revoke(Duration.ofHours(1 + i % 5), RevocationReason.KEY_COMPROMISE));
        }
        replica.signing.sign();
        for (int round = 0; round < 24; round++) {
            pass(Duration.ofMinutes(31));
            feed.forget(all.get(round)); // too early, too late, or just when it expires
            revoke(Duration.ofMinutes(10), RevocationReason.UNSPECIFIED);
            replica.signing.sign();
            database.ownerJdbcClient()
                    .sql("UPDATE status.crl SET recorded_at = recorded_at - interval '2 hours'")
                    .update();
            replica.records.forgetSuperseded();
            for (CrlReplica each : List.of(replica, replica())) {
                each.signing.sign();
                CrlRecord crl = each.held();
                assertThat(all)
                        .filteredOn(revoked -> unexpired(revoked.serialNumber()))
                        .allMatch(revoked -> lists(crl, revoked));
            }
        }
        // Nothing stays for ever, and nothing is there twice.
        assertThat(replica.held().entries()).isLessThan(40);
        assertThat(CrlReplica.parse(replica.held()).getRevokedCertificates())
                .hasSize(replica.held().entries());
    }

    private boolean unexpired(SerialNumber serialNumber) {
        return serialNumber.expiryHour().plus(Duration.ofHours(1)).isAfter(now.get());
    }

    @Test
    void anExpiredCertificateStaysForOneIssueAfterItsEnd() {
        CrlReplica replica = replica();
        RevokedCertificate revoked = revoke(Duration.ofMinutes(5), RevocationReason.SUPERSEDED);
        replica.signing.sign();
        pass(Duration.ofHours(6));
        feed.forget(revoked);
        replica.signing.sign();
        assertThat(lists(replica.held(), revoked)).isTrue();
        pass(Duration.ofHours(6));
        replica.signing.sign();
        assertThat(lists(replica.held(), revoked)).isFalse();
    }

    @Test
    void aRestartServesTheSameOctetsAndOneMinuteLaterANewerNumber() {
        CrlReplica first = replica();
        revoke();
        first.signing.sign();
        pass(Duration.ofSeconds(30));
        CrlReplica second = replica();
        second.signing.take();
        assertThat(second.published.all()).isEmpty();
        second.signing.sign();
        assertThat(second.held().der()).isEqualTo(first.held().der());
        pass(Duration.ofMinutes(1));
        CrlReplica third = replica();
        third.signing.sign();
        assertThat(third.held().number()).isGreaterThan(first.held().number());
        first.signing.take();
        assertThat(first.held().der()).isEqualTo(third.held().der());
    }

    @Test
    void numbersDoNotFallWhenTheClockStepsBack() throws Exception {
        CrlReplica replica = replica();
        long number = 0;
        for (int i = 0; i < 5; i++) {
            RevokedCertificate revoked = revoke();
            replica.signing.sign();
            assertThat(lists(replica.held(), revoked)).isTrue();
            assertThat(replica.held().number()).isGreaterThan(number);
            number = replica.held().number();
            verified(replica.held());
            pass(Duration.ofMinutes(-10));
        }
    }

    @Test
    void numbersDoNotFallWhenPostgresqlIsPutBackToAnEarlierMoment() {
        CrlReplica replica = replica();
        replica.signing.sign();
        long before = replica.held().number();
        pass(Duration.ofMinutes(10));
        RevokedCertificate lost = revoke();
        replica.signing.sign();
        long published = replica.held().number();
        assertThat(published).isGreaterThan(before);

        pass(Duration.ofMinutes(10));
        database.ownerJdbcClient()
                .sql("DELETE FROM status.crl WHERE number > :number")
                .param("number", before)
                .update();
        feed.forget(lost);

        // A server that stays up: nothing falls, and what it knows to be revoked stays so.
        replica.signing.take();
        assertThat(replica.held().number()).isEqualTo(published);
        RevokedCertificate next = revoke();
        replica.signing.sign();
        assertThat(replica.held().number()).isGreaterThan(published);
        assertThat(lists(replica.held(), lost)).isTrue();
        assertThat(lists(replica.held(), next)).isTrue();

        // One that starts: not the old one, a new one with a greater number.
        database.ownerJdbcClient()
                .sql("DELETE FROM status.crl WHERE number > :number")
                .param("number", before)
                .update();
        CrlReplica fresh = replica();
        fresh.signing.take();
        fresh.signing.sign();
        assertThat(fresh.held().number()).isGreaterThan(published);
    }

    @Test
    void ofTwoReplicasThatSignAtOnceOneWinsAndTheOtherServesItsResult() throws Exception {
        List<CrlReplica> replicas = List.of(replica(), replica(), replica());
        ConcurrentHashMap<Long, byte[]> byNumber = new ConcurrentHashMap<>();
        long[] last = new long[replicas.size()];
        try (var executor = Executors.newFixedThreadPool(replicas.size())) {
            for (int round = 0; round < 60; round++) {
                RevokedCertificate revoked = revoke();
                List<Callable<Void>> looks = new ArrayList<>();
                for (CrlReplica replica : replicas) {
                    looks.add(() -> {
                        replica.signing.sign();
                        return null;
                    });
                }
                for (var done : executor.invokeAll(looks)) {
                    done.get();
                }
                for (int i = 0; i < replicas.size(); i++) {
                    CrlReplica replica = replicas.get(i);
                    replica.signing.take();
                    if (replica.published.find(new Shard(ca.status().id(), 1)).isEmpty()) {
                        continue; // the first round: another one was at it
                    }
                    CrlRecord held = replica.held();
                    assertThat(held.number()).isGreaterThanOrEqualTo(last[i]);
                    last[i] = held.number();
                    byte[] other = byNumber.putIfAbsent(held.number(), held.der());
                    assertThat(held.der()).isEqualTo(other == null ? held.der() : other);
                    assertThat(lists(held, revoked)).isTrue();
                }
                pass(Duration.ofSeconds(1));
            }
        }
        // Each round one CRL, not three.
        assertThat(
                        database.ownerJdbcClient()
                                .sql("SELECT count(*) FROM status.crl")
                                .query(Long.class)
                                .single())
                .isEqualTo(60);
    }

    /// Where a server dies or loses its connection.
    private enum Fault {
        BEFORE_THE_NUMBER,
        NUMBER_TAKEN_NOT_SIGNED,
        SIGNED_NOT_STORED,
        STORED_ANSWER_LOST
    }

    @Test
    void noFaultBetweenTwoStepsMakesANumberRepeatOrFall() {
        AtomicReference<Fault> fault = new AtomicReference<>();
        StatusAuthority signer = new FaultyAuthority(ca.status(), fault);
        ConcurrentHashMap<Long, byte[]> published = new ConcurrentHashMap<>();
        CrlReplica other = replica();
        long highest = 0;
        for (int i = 0; i < 40; i++) {
            CrlReplica replica =
                    new CrlReplica(
                            database,
                            signer,
                            feed,
                            SETTINGS,
                            clock,
                            () -> 0,
                            records -> new FaultyRecords(records, fault));
            fault.set(null);
            replica.signing.sign();
            pass(Duration.ofSeconds(2));
            RevokedCertificate revoked = revoke();
            fault.set(Fault.values()[i % 4]);
            CrlRecord before = replica.held();
            CrlRecord fullBefore = replica.full();
            replica.signing.sign();
            assertThat(replica.failures()).isEqualTo(2); // the shard's and the full one
            assertThat(replica.held()).isSameAs(before); // nothing unrecorded is handed out
            assertThat(replica.full()).isSameAs(fullBefore);
            fault.set(null);
            // It goes on, or dies and another one goes on.
            CrlReplica next = i % 2 == 0 ? replica : other;
            pass(Duration.ofSeconds(2));
            next.signing.sign();
            next.signing.take();
            CrlRecord held = next.held();
            assertThat(lists(held, revoked)).isTrue();
            assertThat(lists(next.full(), revoked)).isTrue();
            assertThat(held.number()).isGreaterThan(highest);
            highest = held.number();
            assertThat(published.put(held.number(), held.der())).isNull();
            pass(Duration.ofMinutes(2));
        }
    }

    private record FaultyRecords(CrlRecords real, AtomicReference<Fault> fault)
            implements CrlRecords {
        @Override
        public List<Head> heads() {
            return real.heads();
        }

        @Override
        public Optional<CrlRecord> newest(Shard shard) {
            return real.newest(shard);
        }

        @Override
        public Optional<CrlRecord> next(Shard shard, Maker maker) {
            if (fault.get() == Fault.BEFORE_THE_NUMBER) {
                throw new LedgerUnavailableException("away", new IllegalStateException());
            }
            Optional<CrlRecord> next =
                    real.next(
                            shard,
                            newest -> {
                                CrlRecord made = maker.make(newest);
                                if (fault.get() == Fault.SIGNED_NOT_STORED) {
                                    throw new LedgerUnavailableException(
                                            "away", new IllegalStateException());
                                }
                                return made;
                            });
            if (fault.get() == Fault.STORED_ANSWER_LOST) {
                throw new LedgerUnavailableException("away", new IllegalStateException());
            }
            return next;
        }

        @Override
        public void forgetSuperseded() {
            real.forgetSuperseded();
        }
    }

    private record FaultyAuthority(StatusAuthority real, AtomicReference<Fault> fault)
            implements StatusAuthority {
        @Override
        public String id() {
            return real.id();
        }

        @Override
        public byte[] certificate() {
            return real.certificate();
        }

        @Override
        public Issuer issuer() {
            return real.issuer();
        }

        @Override
        public boolean mayBlock() {
            return false;
        }

        @Override
        public byte[] signCertificateList(byte[] toBeSigned) {
            if (fault.get() == Fault.NUMBER_TAKEN_NOT_SIGNED) {
                throw new SigningException("the token is away", null);
            }
            return real.signCertificateList(toBeSigned);
        }

        @Override
        public byte[] signResponderCertificate(byte[] toBeSigned) {
            return real.signResponderCertificate(toBeSigned);
        }
    }

    @Test
    void aWrongSignatureIsThrownAway() {
        StatusAuthority liar =
                new StatusAuthority() {
                    @Override
                    public String id() {
                        return ca.status().id();
                    }

                    @Override
                    public byte[] certificate() {
                        return ca.status().certificate();
                    }

                    @Override
                    public Issuer issuer() {
                        return ca.status().issuer();
                    }

                    @Override
                    public boolean mayBlock() {
                        return false;
                    }

                    @Override
                    public byte[] signCertificateList(byte[] toBeSigned) {
                        return ca.status().signCertificateList(new byte[1]);
                    }

                    @Override
                    public byte[] signResponderCertificate(byte[] toBeSigned) {
                        return new byte[0];
                    }
                };
        CrlReplica replica = new CrlReplica(database, liar, feed, SETTINGS, clock);
        replica.signing.sign();
        assertThat(replica.published.all()).isEmpty();
        assertThat(replica.records.heads()).isEmpty();
        assertThat(replica.failures()).isEqualTo(2); // the shard's and the full one
    }

    @Test
    void moreCertificatesGetMoreShardsAndOldPointersStayGood() {
        StatusSettings small =
                new StatusSettings(
                        URL,
                        SETTINGS.shortLived(),
                        SETTINGS.maxAge(),
                        new StatusSettings.Crl(
                                Duration.ofHours(24),
                                Duration.ofHours(6),
                                Duration.ofSeconds(1),
                                10_000),
                        SETTINGS.ocsp());
        long[] certificates = {10};
        CrlReplica replica =
                new CrlReplica(
                        database,
                        ca.status(),
                        feed,
                        small,
                        clock,
                        () -> certificates[0],
                        records -> records);
        replica.signing.sign();
        assertThat(replica.plans.bits(ca.status().id())).hasValue(0);
        certificates[0] = 1_000;
        pass(Duration.ofSeconds(2));
        List<RevokedCertificate> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            all.add(revoke());
        }
        replica.signing.sign();
        int bits = replica.plans.bits(ca.status().id()).orElseThrow();
        assertThat(bits).isEqualTo(5);
        for (RevokedCertificate revoked : all) {
            CrlRecord own = replica.held(Shard.id(revoked.serialNumber(), bits));
            assertThat(own.der().length).isLessThan(10_000);
        }
        // The whole list goes on: certificates of before name it.
        assertThat(replica.held(1).entries()).isEqualTo(1_000);
        int sum = 0;
        for (int id = 1 << bits; id < 2 << bits; id++) {
            CrlRecord crl = replica.held(id);
            sum += crl.entries();
            assertThat(new String(crl.der(), java.nio.charset.StandardCharsets.ISO_8859_1))
                    .contains(URL + "/crl/" + ca.status().id() + "/" + id + ".crl");
            for (var entry :
                    Optional.ofNullable(CrlReplica.parse(crl).getRevokedCertificates())
                            .orElse(java.util.Set.of())) {
                SerialNumber serial =
                        SerialNumber.fromOctets(entry.getSerialNumber().toByteArray())
                                .orElseThrow();
                assertThat(Shard.id(serial, bits)).isEqualTo(id);
            }
        }
        assertThat(sum).isEqualTo(1_000);
    }

    @Test
    void whenTheBaseUrlChangesTheCrlNamesTheOldAndTheNewOneAtOnce() {
        CrlReplica before = replica();
        before.signing.sign();
        long number = before.held().number();
        pass(Duration.ofSeconds(2));
        CrlReplica after =
                new CrlReplica(
                        database,
                        ca.status(),
                        feed,
                        StatusSettings.at("http://new.example.org"),
                        clock);
        after.signing.sign();
        String path = after.held().shard().path();
        assertThat(after.held().number()).isGreaterThan(number);
        assertThat(after.held().uris())
                .containsExactly(URL + path, "http://new.example.org" + path);
        before.signing.take();
        assertThat(before.held().der()).isEqualTo(after.held().der());
        assertThat(before.plans.bits(ca.status().id())).hasValue(0);
    }

    @Test
    void withoutABaseUrlThereIsOneCrlAboutAllWithoutADistributionPoint() throws Exception {
        CrlReplica replica =
                new CrlReplica(
                        database,
                        ca.status(),
                        feed,
                        StatusSettings.defaults(),
                        clock,
                        () -> 1_000_000,
                        records -> records);
        RevokedCertificate revoked = revoke();
        replica.signing.sign();
        assertThat(replica.published.all()).hasSize(2); // it, and the full one
        assertThat(lists(replica.held(), revoked)).isTrue();
        assertThat(verified(replica.held()).getCriticalExtensionOIDs()).isEmpty();
        assertThat(replica.plans.bits(ca.status().id())).isEmpty();
    }

    @Test
    void theServerCanNeitherChangeNorRemoveACrlAndTheNewestStays() {
        CrlReplica replica = replica();
        replica.signing.sign();
        for (String sql :
                List.of("DELETE FROM status.crl", "UPDATE status.crl SET number = number + 1")) {
            assertThatThrownBy(() -> database.jdbcClient().sql(sql).update())
                    .hasStackTraceContaining("permission denied");
        }
        for (int i = 0; i < 4; i++) {
            pass(Duration.ofSeconds(2));
            revoke();
            replica.signing.sign();
        }
        database.ownerJdbcClient()
                .sql("UPDATE status.crl SET recorded_at = recorded_at - interval '3 years'")
                .update();
        replica.records.forgetSuperseded();
        assertThat(
                        database.ownerJdbcClient()
                                .sql("SELECT number FROM status.crl ORDER BY number DESC")
                                .query(Long.class)
                                .list())
                .hasSize(2)
                .first()
                .isEqualTo(replica.held().number());
    }
}
