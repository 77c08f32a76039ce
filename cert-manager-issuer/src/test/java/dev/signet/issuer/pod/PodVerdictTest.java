package dev.signet.issuer.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.client.SubjectCertificate;
import dev.signet.issuer.lifecycle.Conditions;
import dev.signet.issuer.signing.Outcome;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Random;

class PodVerdictTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final Instant BEGIN = NOW.minusSeconds(15);

    static SubjectCertificate certificate(Instant notBefore, Duration lifetime) throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        X509Certificate leaf =
                new JcaX509CertificateConverter()
                        .getCertificate(
                                new JcaX509v3CertificateBuilder(
                                                new X500Name("CN=issuer"),
                                                BigInteger.TEN,
                                                Date.from(notBefore),
                                                Date.from(notBefore.plus(lifetime)),
                                                new X500Name(""),
                                                pair.getPublic())
                                        .build(
                                                new JcaContentSignerBuilder("Ed25519")
                                                        .build(pair.getPrivate())));
        return new SubjectCertificate(List.of(leaf), leaf);
    }

    private static PodVerdict verdict(Instant notBefore, Duration lifetime, Duration longest)
            throws Exception {
        return PodVerdict.of(certificate(notBefore, lifetime), longest, NOW, new Random(1));
    }

    @Test
    void saysOfTheCertificateWhatTheApiServerHoldsAgainstIt() throws Exception {
        for (int seed = 0; seed < 100; seed++) {
            for (Duration lifetime : List.of(Duration.ofHours(1), Duration.ofDays(1))) {
                SubjectCertificate certificate = certificate(BEGIN, lifetime);
                PodVerdict verdict = PodVerdict.of(certificate, lifetime, NOW, new Random(seed));

                assertThat(verdict.isIssued()).isTrue();
                assertThat(verdict.fields())
                        .containsEntry("certificateChain", certificate.chainPem())
                        .containsEntry("notBefore", "2026-11-23T09:59:45Z")
                        .containsEntry("notAfter", BEGIN.plus(lifetime).toString());
                Instant refresh = Instant.parse(verdict.fields().get("beginRefreshAt"));
                assertThat(refresh)
                        .isBetween(
                                BEGIN.plus(lifetime.dividedBy(2)),
                                BEGIN.plus(lifetime.multipliedBy(2).dividedBy(3)))
                        .isAfter(BEGIN.plus(Duration.ofMinutes(10)))
                        .isBefore(BEGIN.plus(lifetime).minus(Duration.ofMinutes(10)));
            }
            if (seed == 0) {
                var status =
                        verdict(BEGIN, Duration.ofHours(1), Duration.ofHours(1))
                                .status(
                                        new Conditions(() -> NOW)
                                                .next(null, "Issued", true, "Issued", "ok"));
                assertThat(status)
                        .containsOnlyKeys(
                                "certificateChain",
                                "notBefore",
                                "notAfter",
                                "beginRefreshAt",
                                "conditions");
            }
        }
    }

    @Test
    void failsWhereTheApiServerWouldNotTakeTheCertificate() throws Exception {
        Duration hour = Duration.ofHours(1);
        assertThat(verdict(BEGIN, hour.minusSeconds(1), hour).reason())
                .isEqualTo("LifetimeTooShort");
        assertThat(verdict(BEGIN, hour.plusSeconds(1), hour).reason()).isEqualTo("LifetimeTooLong");
        assertThat(verdict(NOW.minus(Duration.ofMinutes(5)), hour, hour).reason())
                .isEqualTo("CertificateTooOld");
        assertThat(verdict(NOW.plus(Duration.ofMinutes(5)), hour, hour).reason())
                .isEqualTo("CertificateTooOld");
        assertThat(verdict(NOW.minusSeconds(299), hour, hour).isIssued()).isTrue();
        PodVerdict failed = verdict(BEGIN, hour.minusSeconds(1), hour);
        assertThat(failed.type()).isEqualTo("Failed");
        assertThat(failed.fields()).isEmpty();
    }

    @Test
    void aRefusalOfPolicyIsADenialAndAnythingElseAFailure() {
        assertThat(of("PolicyDenied"))
                .returns("Denied", PodVerdict::type)
                .returns("PolicyDenied", PodVerdict::reason);
        for (String reason : List.of("KeyNotAccepted", "KeyTypeNotGranted")) {
            assertThat(of(reason))
                    .returns("Denied", PodVerdict::type)
                    .returns("UnsupportedKeyType", PodVerdict::reason)
                    .satisfies(verdict -> assertThat(verdict.message()).contains("ECDSAP256"));
        }
        for (String reason : List.of("RetryWindowExpired", "CsrMalformed", "RequestIdReused")) {
            assertThat(of(reason))
                    .returns("Failed", PodVerdict::type)
                    .returns(reason, PodVerdict::reason)
                    .satisfies(verdict -> assertThat(verdict.fields()).isEmpty());
        }
    }

    private static PodVerdict of(String reason) {
        return PodVerdict.of(new Outcome.Failed(reason, "No.", false));
    }
}
