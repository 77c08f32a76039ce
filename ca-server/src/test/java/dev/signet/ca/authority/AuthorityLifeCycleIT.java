package dev.signet.ca.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.authority.AuthorityLifeCycle.Change;
import dev.signet.ca.authority.AuthorityLifeCycle.Changed;
import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class AuthorityLifeCycleIT {

    private static final String WHY = "a test";

    private final TestDatabase database = TestDatabase.create();
    private final LifeCycleRig rig = new LifeCycleRig(database);

    @AfterEach
    void close() {
        rig.close();
        database.close();
    }

    private static List<Changed> done(Change change) {
        return switch (change) {
            case Change.Done(var changed, _) -> changed;
            case Change.Refused(var refusal) -> throw new AssertionError(refusal);
        };
    }

    private static RefusalCode refused(Change change) {
        return switch (change) {
            case Change.Done done -> throw new AssertionError(done);
            case Change.Refused(var refusal) -> refusal.code();
        };
    }

    private String prepared() {
        return done(rig.lifeCycle.prepareIssuing(AuthorityLifeCycle.ANY, WHY)).getFirst().id();
    }

    private static X509Certificate read(byte[] der) throws Exception {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(der));
    }

    private void verify(List<byte[]> chain, byte[] root) throws Exception {
        List<X509Certificate> path = new ArrayList<>();
        for (byte[] der : chain) {
            path.add(read(der));
        }
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(read(root), null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(rig.now));
        CertPathValidator.getInstance("PKIX")
                .validate(
                        CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
    }

    @Test
    void aPreparedIssuingCaSignsAfterItsActivationAndTheOneBeforeIsRetired() {
        String first = rig.signing().id();
        byte[] root = rig.authorities.trustAnchors().certificates().getFirst();
        String second = prepared();
        assertThat(rig.described(second).state()).isEqualTo("prepared");
        assertThat(rig.signing().id()).isEqualTo(first);
        assertThat(rig.authorities.isBelieved(second)).isTrue();

        List<Changed> changed = done(rig.lifeCycle.activate(second, AuthorityLifeCycle.ANY, WHY));

        assertThat(changed).extracting(Changed::id).containsExactly(first, second);
        assertThat(rig.signing().id()).isEqualTo(second);
        assertThat(rig.described(first).state()).isEqualTo("retired");
        assertThat(rig.authorities.trustAnchors().certificates()).containsExactly(root);
        assertThat(rig.authorities.chain(first)).isPresent();
    }

    @Test
    void aPreparedIssuingCaSignsItsCrlBeforeItsFirstCertificate() {
        String second = prepared();
        StatusAuthority status =
                rig.authorities.statusAuthorities().stream()
                        .filter(authority -> authority.id().equals(second))
                        .findFirst()
                        .orElseThrow();
        assertThat(status.signCertificateList(new byte[] {0x30, 0})).isNotEmpty();
        assertThat(done(rig.lifeCycle.activate(second, AuthorityLifeCycle.ANY, WHY))).hasSize(2);
        assertThat(done(rig.lifeCycle.rollBack(AuthorityLifeCycle.ANY, WHY)))
                .as("a signed CRL does not stand in the way")
                .isNotEmpty();
    }

    @Test
    void aNewRootIsTrustedBeforeItsIssuingCaSignsAndTheOldOneAfterwards() throws Exception {
        String oldRoot = rig.active("root").id();
        byte[] oldRootDer = rig.authorities.trustAnchors().certificates().getFirst();
        List<Changed> made = done(rig.lifeCycle.prepareRoot(true, AuthorityLifeCycle.ANY, WHY));
        assertThat(made).extracting(Changed::role).containsExactly("root", "issuing", "cross");
        String root = made.getFirst().id();
        String issuing = made.get(1).id();
        List<byte[]> anchors = rig.authorities.trustAnchors().certificates();
        assertThat(anchors).hasSize(2);

        done(rig.lifeCycle.activate(issuing, AuthorityLifeCycle.ANY, WHY));

        assertThat(rig.active("root").id()).isEqualTo(root);
        assertThat(rig.described(oldRoot).state()).isEqualTo("retired");
        assertThat(rig.authorities.trustAnchors().certificates()).hasSize(2);
        List<byte[]> chain = rig.signing().chain();
        assertThat(chain).hasSize(2);
        verify(chain, oldRootDer);
        byte[] newRootDer =
                anchors.stream().filter(der -> der != oldRootDer).toList().stream()
                        .filter(der -> !java.util.Arrays.equals(der, oldRootDer))
                        .findFirst()
                        .orElseThrow();
        verify(chain.subList(0, 1), newRootDer);

        done(rig.lifeCycle.revoke(oldRoot, false, AuthorityLifeCycle.ANY, WHY));

        assertThat(rig.authorities.trustAnchors().certificates()).hasSize(1);
        assertThat(rig.signing().chain()).hasSize(1);
        assertThat(rig.signing().id()).isEqualTo(issuing);
    }

    @Test
    void anActivationIsUndoneUntilTheFirstSignature() {
        String first = rig.signing().id();
        String oldRoot = rig.active("root").id();
        List<Changed> made = done(rig.lifeCycle.prepareRoot(false, AuthorityLifeCycle.ANY, WHY));
        String second = made.get(1).id();
        done(rig.lifeCycle.activate(second, AuthorityLifeCycle.ANY, WHY));

        done(rig.lifeCycle.rollBack(AuthorityLifeCycle.ANY, WHY));

        assertThat(rig.signing().id()).isEqualTo(first);
        assertThat(rig.active("root").id()).isEqualTo(oldRoot);
        assertThat(rig.described(second).state()).isEqualTo("prepared");
        assertThat(refused(rig.lifeCycle.rollBack(AuthorityLifeCycle.ANY, WHY)))
                .isEqualTo(RefusalCode.CONFLICT);

        done(rig.lifeCycle.activate(second, AuthorityLifeCycle.ANY, WHY));
        recordSignature(second);
        assertThat(refused(rig.lifeCycle.rollBack(AuthorityLifeCycle.ANY, WHY)))
                .isEqualTo(RefusalCode.CONFLICT);
        assertThatThrownBy(() -> rig.store.change(second, AuthorityState.PREPARED, WHY))
                .rootCause()
                .hasMessageContaining("prepared does not follow active");
        assertThat(rig.signing().id()).isEqualTo(second);
    }

    private void recordSignature(String authorityId) {
        database.ownerJdbcClient().sql("SELECT ledger.ensure_partitions(3)").query().singleValue();
        database.ownerJdbcClient()
                .sql(
                        """
                        INSERT INTO ledger.certificate (serial, spiffe_id, key_sha256, profile,
                            profile_version, policy_version, policy_rule, evidence_kind,
                            evidence_subject, attributes, authority_id, not_before, not_after,
                            replica, der)
                        SELECT int4send(1073741824 + floor(date_part('epoch', n.moment) / 3600)::int)
                                || decode(repeat('ab', 16), 'hex'),
                            'spiffe://example.org/w', sha256('k'), 'workload', 1, '0', 'r', 'oidc',
                            's', '{}', :id, n.moment - interval '1 hour', n.moment, 'r', 'der'
                        FROM (SELECT date_trunc('second', clock_timestamp() + interval '1 hour')
                            AS moment) n
                        """)
                .param("id", authorityId)
                .update();
    }

    @Test
    void R17_whatIsExpiredNotYetValidOrAboutToEndIsNotActivated() {
        String second = prepared();
        var validity = rig.described(second).validity();
        for (var instant :
                List.of(
                        validity.notBefore().minusSeconds(1),
                        validity.notAfter().minusSeconds(30),
                        validity.notAfter().plusSeconds(1))) {
            rig.now = instant;
            assertThat(refused(rig.lifeCycle.activate(second, AuthorityLifeCycle.ANY, WHY)))
                    .as("%s", instant)
                    .isEqualTo(RefusalCode.CONFLICT);
        }
        rig.now = LifeCycleRig.NOW;
        done(rig.lifeCycle.activate(second, AuthorityLifeCycle.ANY, WHY));
    }

    @Test
    void R17_anIssuingCaDoesNotOutliveItsRootAndAnEndingRootMakesNone() {
        var root = rig.active("root").validity();
        rig.now = root.notAfter().minus(Duration.ofDays(30));
        String second = prepared();
        assertThat(rig.described(second).validity().notAfter()).isEqualTo(root.notAfter());
        rig.now = root.notAfter().minusSeconds(60);
        assertThat(refused(rig.lifeCycle.prepareIssuing(AuthorityLifeCycle.ANY, WHY)))
                .isEqualTo(RefusalCode.CONFLICT);
        rig.now = root.notAfter().plusSeconds(10);
        List<Changed> made = done(rig.lifeCycle.prepareRoot(false, AuthorityLifeCycle.ANY, WHY));
        done(rig.lifeCycle.activate(made.get(1).id(), AuthorityLifeCycle.ANY, WHY));
        assertThat(rig.signing().id()).isEqualTo(made.get(1).id());
    }

    @Test
    void R6_aCaCertificateThatBreaksItsProfileIsNotActivated() throws Exception {
        String second = prepared();
        byte[] broken = rig.authorities.chain(second).orElseThrow().getFirst().clone();
        broken[broken.length - 1] ^= 1;
        String id =
                java.util.HexFormat.of()
                        .formatHex(
                                java.security.MessageDigest.getInstance("SHA-256").digest(broken));
        var validity = rig.described(second).validity();
        database.ownerJdbcClient()
                .sql(
                        """
                        INSERT INTO authority.authority (id, role, issuer_id, trust_domain, key_type,
                            certificate, not_before, not_after)
                        VALUES (:id, 'issuing', :issuer, 'example.org', 'P256', :der, :from, :to)
                        """)
                .param("id", id)
                .param("issuer", rig.active("root").id())
                .param("der", broken)
                .param("from", validity.notBefore().atOffset(ZoneOffset.UTC))
                .param("to", validity.notAfter().atOffset(ZoneOffset.UTC))
                .update();
        rig.store.change(id, AuthorityState.PREPARED, WHY);
        Change change = rig.lifeCycle.activate(id, AuthorityLifeCycle.ANY, WHY);
        assertThat(refused(change)).isEqualTo(RefusalCode.CONFLICT);
        assertThat(change.toString()).contains("signature does not verify");
    }

    @Test
    void whatIsBasedOnAnEarlierStateIsRefused() {
        long seen = rig.lifeCycle.generation();
        String second = done(rig.lifeCycle.prepareIssuing(seen, WHY)).getFirst().id();
        assertThat(refused(rig.lifeCycle.activate(second, seen, WHY)))
                .isEqualTo(RefusalCode.PRECONDITION_FAILED);
        done(rig.lifeCycle.activate(second, rig.lifeCycle.generation(), WHY));
        assertThat(refused(rig.lifeCycle.activate(second, AuthorityLifeCycle.ANY, WHY)))
                .isEqualTo(RefusalCode.CONFLICT);
        assertThat(refused(rig.lifeCycle.activate("00", AuthorityLifeCycle.ANY, WHY)))
                .isEqualTo(RefusalCode.NOT_FOUND);
    }

    @Test
    void theLastThatSignsEndsOnlyWhereThatIsInsistedOn() {
        String first = rig.signing().id();
        assertThat(refused(rig.lifeCycle.revoke(first, false, AuthorityLifeCycle.ANY, WHY)))
                .isEqualTo(RefusalCode.LAST_AUTHORITY);
        assertThat(refused(rig.lifeCycle.retire(first, false, AuthorityLifeCycle.ANY, WHY)))
                .isEqualTo(RefusalCode.LAST_AUTHORITY);
        assertThat(rig.signing().id()).isEqualTo(first);
        done(rig.lifeCycle.revoke(first, true, AuthorityLifeCycle.ANY, WHY));
        assertThat(rig.authorities.isBelieved(first)).isFalse();
        assertThat(rig.authorities.active(rig.now))
                .isInstanceOf(Authorities.Selection.NotUsable.class);
        // Nothing signs, and yet the way out is open.
        String second = prepared();
        done(rig.lifeCycle.activate(second, AuthorityLifeCycle.ANY, WHY));
        assertThat(rig.signing().id()).isEqualTo(second);
    }

    @Test
    void aRevokedRootTakesAllBelowItAlong() {
        String root = rig.active("root").id();
        String first = rig.signing().id();
        String second = prepared();
        List<Changed> changed = done(rig.lifeCycle.revoke(root, true, AuthorityLifeCycle.ANY, WHY));
        assertThat(changed).extracting(Changed::id).containsExactlyInAnyOrder(root, first, second);
        assertThat(rig.authorities.trustAnchors().certificates()).isEmpty();
        assertThat(refused(rig.lifeCycle.revoke(root, true, AuthorityLifeCycle.ANY, WHY)))
                .isEqualTo(RefusalCode.CONFLICT);
    }

    @Test
    void replicasThatRotateAtOnceNeverMakeTwoActive() throws Exception {
        int replicas = 4;
        List<LifeCycleRig> rigs = new ArrayList<>();
        List<String> prepared = new ArrayList<>();
        for (int i = 0; i < replicas; i++) {
            rigs.add(new LifeCycleRig(database));
        }
        for (int i = 0; i < AuthorityPreparation.MOST_PREPARED; i++) {
            prepared.add(prepared());
        }
        long seen = rig.lifeCycle.generation();
        CyclicBarrier together = new CyclicBarrier(replicas);
        try (var executor = Executors.newFixedThreadPool(replicas)) {
            List<Callable<Change>> acts = new ArrayList<>();
            for (int i = 0; i < replicas; i++) {
                LifeCycleRig one = rigs.get(i);
                String id = prepared.get(i);
                acts.add(() -> {
                    together.await();
                    return one.lifeCycle.activate(id, seen, WHY);
                });
            }
            int done = 0;
            for (Future<Change> act : executor.invokeAll(acts)) {
                done += act.get() instanceof Change.Done ? 1 : 0;
            }
            assertThat(done).isEqualTo(1);
        }
        assertThat(
                        database.jdbcClient()
                                .sql(
                                        "SELECT count(*) FROM authority.authority a WHERE role ="
                                                + " 'issuing' AND authority.state_of(a.id) = 'active'")
                                .query(Integer.class)
                                .single())
                .isEqualTo(1);
        prepared();
        assertThat(refused(rig.lifeCycle.prepareIssuing(AuthorityLifeCycle.ANY, WHY)))
                .as("prepared ones are bounded")
                .isEqualTo(RefusalCode.CONFLICT);
        rigs.forEach(LifeCycleRig::close);
    }

    @Test
    void theDatabaseItselfRefusesASecondActiveOne() {
        String second = prepared();
        assertThatThrownBy(() -> rig.store.change(second, AuthorityState.ACTIVE, WHY))
                .rootCause()
                .hasMessageContaining("active does not follow prepared");
        String first = rig.signing().id();
        rig.store.change(first, AuthorityState.RETIRED, WHY);
        assertThatThrownBy(() -> rig.store.change(first, AuthorityState.ACTIVE, WHY))
                .rootCause()
                .hasMessageContaining("active does not follow retired");
        rig.store.change(first, AuthorityState.REVOKED, WHY);
        assertThatThrownBy(() -> rig.store.change(first, AuthorityState.RETIRED, WHY))
                .rootCause()
                .hasMessageContaining("retired does not follow revoked");
    }

    @Test
    void rootsSignListsWithAKeyThatIsOpenedEachTime() {
        StatusAuthority root =
                rig.authorities.statusAuthorities().stream()
                        .filter(status -> status.id().equals(rig.active("root").id()))
                        .findFirst()
                        .orElseThrow();
        assertThat(root.mayBlock()).isTrue();
        assertThat(root.signCertificateList(new byte[] {1, 2, 3})).isNotEmpty();
    }
}
