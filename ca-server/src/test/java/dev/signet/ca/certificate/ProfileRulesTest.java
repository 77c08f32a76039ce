package dev.signet.ca.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.TestCertificates.SubjectKeyType;
import dev.signet.ca.certificate.CertificateProfile.AuthorityConstraints;
import dev.signet.ca.certificate.CertificateProfile.Revocation;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.TrustDomain;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

class ProfileRulesTest {

    private static final Duration BACKDATE = Duration.ofSeconds(15);
    private static final Set<KeyUsage> SIGNATURE = EnumSet.of(KeyUsage.DIGITAL_SIGNATURE);
    private static final Set<KeyUsage> CERTIFICATES = EnumSet.of(KeyUsage.KEY_CERT_SIGN);
    private static final List<ExtendedKeyUsage> CLIENT = List.of(ExtendedKeyUsage.CLIENT_AUTH);
    private static final AuthorityConstraints LEAVES = new AuthorityConstraints(0, List.of());
    private static final AuthorityConstraints UNCONSTRAINED =
            new AuthorityConstraints(0, List.of(), true);

    private static CertificateProfile leaf(Set<KeyUsage> usages, List<ExtendedKeyUsage> purposes) {
        return new CertificateProfile(
                "p", 1, BACKDATE, usages, purposes, null, Revocation.BY_LIFETIME);
    }

    private static CertificateProfile authority(
            Set<KeyUsage> usages,
            List<ExtendedKeyUsage> purposes,
            AuthorityConstraints constraints) {
        return new CertificateProfile(
                "p", 1, BACKDATE, usages, purposes, constraints, Revocation.BY_LIFETIME);
    }

    private static CertificateProfile recorded(
            Set<KeyUsage> usages, AuthorityConstraints constraints) {
        return new CertificateProfile(
                "p",
                1,
                BACKDATE,
                usages,
                List.of(),
                constraints,
                Revocation.BY_LIFETIME,
                CertificateProfile.Identity.RECORDED);
    }

    private static CertificateProfile named(String name, int version, Duration backdate) {
        return new CertificateProfile(
                name, version, backdate, SIGNATURE, CLIENT, null, Revocation.BY_LIFETIME);
    }

    private static CertificateProfile permitting(List<String> domains) {
        return authority(CERTIFICATES, List.of(), new AuthorityConstraints(0, domains));
    }

    /// Unsound in a way that a certificate shows.
    static final List<CertificateProfile> UNSOUND_IN_DER =
            List.of(
                    leaf(Set.of(), CLIENT),
                    leaf(EnumSet.of(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.KEY_CERT_SIGN), CLIENT),
                    leaf(EnumSet.of(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.CRL_SIGN), CLIENT),
                    leaf(CERTIFICATES, CLIENT),
                    leaf(SIGNATURE, List.of()),
                    leaf(
                            EnumSet.of(KeyUsage.KEY_AGREEMENT),
                            List.of(ExtendedKeyUsage.CODE_SIGNING)),
                    authority(Set.of(), List.of(), LEAVES),
                    authority(SIGNATURE, List.of(), LEAVES),
                    authority(EnumSet.of(KeyUsage.CRL_SIGN), List.of(), LEAVES),
                    authority(CERTIFICATES, List.of(), new AuthorityConstraints(-1, List.of())),
                    authority(CERTIFICATES, List.of(), new AuthorityConstraints(9, List.of())));

    private static final List<CertificateProfile> UNSOUND =
            List.of(
                    named("", 1, BACKDATE),
                    named("Workload", 1, BACKDATE),
                    named("1st", 1, BACKDATE),
                    named("a_b", 1, BACKDATE),
                    named("a\n", 1, BACKDATE),
                    named("a".repeat(64), 1, BACKDATE),
                    named("a", 0, BACKDATE),
                    named("a", 1, Duration.ofSeconds(-1)),
                    named("a", 1, Duration.ofSeconds(61)),
                    named("a", 1, Duration.ofMillis(500)),
                    leaf(
                            EnumSet.of(KeyUsage.KEY_ENCIPHERMENT),
                            List.of(ExtendedKeyUsage.CLIENT_AUTH)),
                    leaf(
                            EnumSet.of(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.ENCIPHER_ONLY),
                            List.of(ExtendedKeyUsage.SERVER_AUTH)),
                    leaf(
                            EnumSet.of(KeyUsage.DATA_ENCIPHERMENT),
                            List.of(ExtendedKeyUsage.TIME_STAMPING)),
                    recorded(CERTIFICATES, LEAVES),
                    recorded(
                            CERTIFICATES,
                            new AuthorityConstraints(0, List.of("example.org"), true)),
                    recorded(SIGNATURE, UNCONSTRAINED),
                    authority(CERTIFICATES, List.of(), UNCONSTRAINED),
                    leaf(
                            SIGNATURE,
                            List.of(ExtendedKeyUsage.CLIENT_AUTH, ExtendedKeyUsage.CLIENT_AUTH)),
                    authority(
                            EnumSet.of(KeyUsage.KEY_CERT_SIGN, KeyUsage.DIGITAL_SIGNATURE),
                            List.of(),
                            LEAVES),
                    authority(CERTIFICATES, CLIENT, LEAVES),
                    authority(CERTIFICATES, List.of(), new AuthorityConstraints(4, List.of())),
                    permitting(List.of("")),
                    permitting(List.of(".example.org")),
                    permitting(List.of("*.example.org")),
                    permitting(List.of("Example.org")),
                    permitting(List.of("exa mple.org")),
                    permitting(List.of("10.0.0.1")),
                    permitting(List.of("example.org", "example.org")),
                    permitting(Collections.nCopies(101, "example.org")));

    @Test
    void hasNoObjectionToTheBuiltInProfiles() {
        for (CertificateProfile profile : BuiltInProfiles.all()) {
            assertThat(ProfileRules.objections(profile)).as(profile.name()).isEmpty();
            assertThat(BuiltInProfiles.named(profile.name())).hasValue(profile);
        }
        assertThat(BuiltInProfiles.named("other")).isEmpty();
    }

    @Test
    void R4_objectsInASentenceToEachUnsoundProfile() {
        for (List<CertificateProfile> profiles : List.of(UNSOUND, UNSOUND_IN_DER)) {
            for (CertificateProfile profile : profiles) {
                assertThat(ProfileRules.objections(profile))
                        .as("%s", profile)
                        .isNotEmpty()
                        .allMatch(sentence -> sentence.matches("[A-Z].{20,}[.]"));
            }
        }
    }

    @Test
    void aTrialPassesTheBuiltInProfilesAndOthersThatAreSound() {
        ProfileTrial trial = new ProfileTrial(TestCertificates.CRYPTO);
        for (CertificateProfile profile : BuiltInProfiles.all()) {
            assertThat(trial.objections(profile, RandomContents.DOMAIN)).isEmpty();
        }
        CertificateProfile rsa =
                leaf(EnumSet.of(KeyUsage.KEY_ENCIPHERMENT), List.of(ExtendedKeyUsage.SERVER_AUTH));
        assertThat(trial.objections(rsa, RandomContents.DOMAIN)).isEmpty();
        assertThat(ProfileRules.keyTypes(rsa)).containsExactly(PublicKeyType.RSA);
        CertificateProfile toChooseFrom =
                leaf(
                        EnumSet.range(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.KEY_AGREEMENT),
                        List.of(ExtendedKeyUsage.values()));
        assertThat(trial.objections(toChooseFrom, RandomContents.DOMAIN)).isEmpty();
        assertThat(ProfileRules.keyTypes(toChooseFrom)).isEmpty();
        CertificateProfile stamping = leaf(SIGNATURE, List.of(ExtendedKeyUsage.TIME_STAMPING));
        assertThat(trial.objections(stamping, RandomContents.DOMAIN)).isEmpty();
        CertificateProfile unconstrained =
                recorded(
                        EnumSet.of(KeyUsage.KEY_CERT_SIGN, KeyUsage.KEY_ENCIPHERMENT),
                        UNCONSTRAINED);
        assertThat(trial.objections(unconstrained, RandomContents.DOMAIN)).isEmpty();
        assertThat(trial.objections(unconstrained, new TrustDomain("under_score"))).isEmpty();
        assertThat(trial.objections(permitting(List.of("a.example")), RandomContents.DOMAIN))
                .isEmpty();
    }

    @Test
    void R4_aTrialFailsClosed() {
        ProfileTrial trial = new ProfileTrial(TestCertificates.CRYPTO);
        for (CertificateProfile profile : UNSOUND) {
            assertThat(trial.objections(profile, RandomContents.DOMAIN)).isNotEmpty();
        }
        assertThat(
                        trial.objections(
                                BuiltInProfiles.INTERMEDIATE_CA, new TrustDomain("under_score")))
                .singleElement()
                .asString()
                .contains("under_score");
    }

    @Test
    void saysWhichKeysMayHaveAProfile() {
        assertThat(ProfileRules.keyTypes(CertificateProfile.WORKLOAD))
                .containsExactly(PublicKeyType.values());
        assertThat(ProfileRules.keyTypes(leaf(EnumSet.of(KeyUsage.KEY_AGREEMENT), CLIENT)))
                .containsExactly(PublicKeyType.P256, PublicKeyType.P384);
    }

    @Test
    void R4_noContentSaysWhatItsProfileForbids() {
        CertificateContent good =
                CertificateEncoderTest.content(
                        CertificateEncoderTest.issuer(SignatureAlgorithm.ED25519),
                        Validity.of(
                                java.time.Instant.parse("2026-11-23T10:00:00Z"),
                                Duration.ofHours(1)),
                        List.of("a.example"),
                        List.of());
        SubjectName subject =
                new SubjectName(
                        List.of(new SubjectName.Attribute(SubjectName.Type.COMMON_NAME, "CA")));
        CertificateProfile ca = BuiltInProfiles.INTERMEDIATE_CA;
        CertificateProfile encipherment =
                leaf(EnumSet.of(KeyUsage.KEY_ENCIPHERMENT), List.of(ExtendedKeyUsage.SERVER_AUTH));
        AlternativeNames none = AlternativeNames.NONE;
        SpiffeId id = good.spiffeId();
        SpiffeId underscore = SpiffeId.parse("spiffe://under_score/a").orElseThrow();
        refused(good, id, none, SubjectName.EMPTY, BuiltInProfiles.SERVER, CLIENT);
        refused(good, id, none, SubjectName.EMPTY, BuiltInProfiles.SERVER, List.of());
        refused(good, id, none, SubjectName.EMPTY, encipherment, encipherment.extendedKeyUsages());
        refused(good, id, none, SubjectName.EMPTY, ca, List.of());
        refused(good, id, good.names(), subject, ca, List.of());
        refused(good, id, none, subject, ca, CLIENT);
        refused(good, underscore, none, subject, ca, List.of());
    }

    private static void refused(
            CertificateContent good,
            SpiffeId id,
            AlternativeNames names,
            SubjectName subject,
            CertificateProfile profile,
            List<ExtendedKeyUsage> purposes) {
        SubjectKey key = CertificateEncoderTest.key(SubjectKeyType.P256);
        assertThatThrownBy(() ->
                        new CertificateContent(
                                good.serialNumber(),
                                good.issuer(),
                                good.validity(),
                                id,
                                names,
                                subject,
                                key,
                                profile,
                                purposes))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
