package dev.signet.ca.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.authority.TestAuthority;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.revocation.RevocationReason;
import dev.signet.ca.wire.HttpDocuments.Document;
import dev.signet.ca.wire.HttpDocuments.Request;

import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.junit.jupiter.api.Test;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

class OcspTest {

    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    private final TestAuthority ca = TestAuthority.at(now.get());
    private final FakeFeed feed = new FakeFeed(now::get);
    private final OcspRig rig = new OcspRig(ca.status(), feed, StatusSettings.defaults(), now::get);
    private final SerialNumber issued = serial();

    OcspTest() {
        rig.responders.renew();
        rig.issue(issued, new Validity(now.get(), now.get().plus(Duration.ofHours(2))));
    }

    private SerialNumber serial() {
        byte[] random = new byte[SerialNumber.RANDOM_LENGTH];
        TestCertificates.CRYPTO.secureRandom().nextBytes(random);
        return SerialNumber.of(now.get().plus(Duration.ofHours(2)), random);
    }

    private void pass(Duration time) {
        now.updateAndGet(instant -> instant.plus(time));
    }

    private int failure(byte[] request) throws Exception {
        return new OCSPResp(rig.answers.answer(request).der()).getStatus();
    }

    private SingleResp single(Extensions extensions, SerialNumber serialNumber) throws Exception {
        BasicOCSPResp basic =
                rig.verified(rig.answers.answer(rig.request(extensions, serialNumber)).der());
        assertThat(basic.getResponses()).hasSize(1);
        return basic.getResponses()[0];
    }

    private CertificateStatus status(SerialNumber serialNumber) throws Exception {
        return single(null, serialNumber).getCertStatus();
    }

    @Test
    void goodIsOnlyWhatIsOnRecord() throws Exception {
        assertThat(status(issued)).isEqualTo(CertificateStatus.GOOD);
        assertThat(status(serial())).isInstanceOf(UnknownStatus.class);
        SerialNumber expired = serial();
        rig.issue(expired, new Validity(now.get(), now.get().plusSeconds(10)));
        assertThat(status(expired)).isEqualTo(CertificateStatus.GOOD);
        pass(Duration.ofSeconds(10));
        assertThat(status(expired)).isEqualTo(CertificateStatus.GOOD);
        pass(Duration.ofSeconds(1));
        assertThat(status(expired)).isInstanceOf(UnknownStatus.class);
    }

    @Test
    void revokedSaysWhenAndWhy() throws Exception {
        feed.revoke(issued, ca.status().id(), RevocationReason.KEY_COMPROMISE);
        RevokedStatus status = (RevokedStatus) status(issued);
        assertThat(status.getRevocationReason()).isEqualTo(1);
        assertThat(status.getRevocationTime().toInstant()).isEqualTo(now.get());
        SerialNumber other = serial();
        feed.revoke(other, ca.status().id(), RevocationReason.UNSPECIFIED);
        assertThat(((RevokedStatus) status(other)).hasRevocationReason()).isFalse();
        SerialNumber foreign = serial();
        feed.revoke(foreign, "another authority", RevocationReason.UNSPECIFIED);
        assertThat(status(foreign)).isInstanceOf(UnknownStatus.class);
    }

    @Test
    void aCachedGoodNeverOutlivesARevocation() throws Exception {
        byte[] request = rig.request(null, issued);
        byte[] first = rig.answers.answer(request).der();
        assertThat(rig.answers.answer(request).der()).isEqualTo(first);
        feed.revoke(issued, ca.status().id(), RevocationReason.SUPERSEDED);
        assertThat(status(issued)).isInstanceOf(RevokedStatus.class);
    }

    @Test
    void answersAreRenewedAtHalfTheirLife() throws Exception {
        byte[] request = rig.request(null, issued);
        byte[] first = rig.answers.answer(request).der();
        pass(Duration.ofMinutes(29));
        assertThat(rig.answers.answer(request).der()).isEqualTo(first);
        pass(Duration.ofMinutes(2));
        byte[] second = rig.answers.answer(request).der();
        assertThat(second).isNotEqualTo(first);
        SingleResp single = rig.verified(second).getResponses()[0];
        assertThat(single.getThisUpdate().toInstant()).isEqualTo(now.get());
        assertThat(single.getNextUpdate().toInstant())
                .isEqualTo(now.get().plus(Duration.ofHours(1)));
        pass(Duration.ofMinutes(60));
        assertThat(single(null, issued).getNextUpdate().toInstant())
                .as("not beyond the certificate's end")
                .isEqualTo(rig.ledger.get(issued).validity().notAfter());
    }

    @Test
    void aNonceIsSaidAgainAsRfc9654Wants() throws Exception {
        Random random = new Random(1);
        for (int length : new int[] {16, 32, 33, 128}) {
            byte[] nonce = new byte[length];
            random.nextBytes(nonce);
            BasicOCSPResp basic =
                    rig.verified(
                            rig.answers.answer(rig.request(OcspRig.nonce(nonce), issued)).der());
            Extension echoed = basic.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
            assertThat(ASN1OctetString.getInstance(echoed.getParsedValue()).getOctets())
                    .isEqualTo(nonce);
        }
        BasicOCSPResp tooShort =
                rig.verified(
                        rig.answers.answer(rig.request(OcspRig.nonce(new byte[15]), issued)).der());
        assertThat(tooShort.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce)).isNull();
        for (int length : new int[] {0, 129, 1000}) {
            assertThat(failure(rig.request(OcspRig.nonce(new byte[length]), issued)))
                    .isEqualTo(OCSPResp.MALFORMED_REQUEST);
        }
    }

    @Test
    void theResponderIsDelegatedShortLivedAndOnRecord() throws Exception {
        X509CertificateHolder responder =
                rig.verified(rig.answers.answer(rig.request(null, issued)).der()).getCerts()[0];
        assertThat(
                        ExtendedKeyUsage.fromExtensions(responder.getExtensions())
                                .hasKeyPurposeId(KeyPurposeId.id_kp_OCSPSigning))
                .isTrue();
        Extension nocheck = responder.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck);
        assertThat(nocheck.isCritical()).isFalse();
        assertThat(nocheck.getExtnValue().getOctets()).isEqualTo(new byte[] {5, 0});
        SerialNumber serialNumber =
                SerialNumber.fromOctets(responder.getSerialNumber().toByteArray()).orElseThrow();
        assertThat(rig.responderCertificates.get(serialNumber).der())
                .isEqualTo(responder.getEncoded());
        assertThat(
                        Duration.between(
                                responder.getNotBefore().toInstant(),
                                responder.getNotAfter().toInstant()))
                .isLessThan(Duration.ofHours(25));
        assertThat(status(serialNumber)).isEqualTo(CertificateStatus.GOOD);
        // Renewed ahead, and not used unless it is on record.
        rig.responders.renew();
        assertThat(rig.responderCertificates).hasSize(1);
        pass(Duration.ofHours(13));
        rig.away = true;
        rig.responders.renew();
        assertThat(rig.responders.find(ca.status().id()).orElseThrow().certificate())
                .isEqualTo(responder.getEncoded());
        rig.away = false;
        rig.responders.renew();
        assertThat(rig.responderCertificates).hasSize(2);
        assertThat(rig.responders.find(ca.status().id()).orElseThrow().certificate())
                .isNotEqualTo(responder.getEncoded());
        pass(Duration.ofDays(2));
        assertThat(failure(rig.request(null, issued))).isEqualTo(OCSPResp.TRY_LATER);
    }

    @Test
    void severalCertificatesAreAnsweredTogetherUpToSixteen() throws Exception {
        SerialNumber[] some = new SerialNumber[16];
        for (int i = 0; i < some.length; i++) {
            some[i] = serial();
        }
        some[3] = issued;
        BasicOCSPResp basic = rig.verified(rig.answers.answer(rig.request(null, some)).der());
        assertThat(basic.getResponses()).hasSize(16);
        assertThat(basic.getResponses()[3].getCertStatus()).isEqualTo(CertificateStatus.GOOD);
        assertThat(failure(rig.request(null, seventeen(some))))
                .isEqualTo(OCSPResp.MALFORMED_REQUEST);
    }

    private SerialNumber[] seventeen(SerialNumber[] some) {
        SerialNumber[] more = java.util.Arrays.copyOf(some, 17);
        more[16] = serial();
        return more;
    }

    @Test
    void bothHashesNameTheIssuerAndAnyOtherIssuerIsUnauthorized() throws Exception {
        byte[] sha256 = new OCSPReqBuilder().addRequest(rig.id(issued, true)).build().getEncoded();
        BasicOCSPResp basic = rig.verified(rig.answers.answer(sha256).der());
        assertThat(basic.getResponses()[0].getCertStatus()).isEqualTo(CertificateStatus.GOOD);
        assertThat(basic.getResponses()[0].getCertID()).isEqualTo(rig.id(issued, true));
        OcspRig other =
                new OcspRig(
                        TestAuthority.at(now.get()).status(),
                        feed,
                        StatusSettings.defaults(),
                        now::get);
        assertThat(failure(other.request(null, issued))).isEqualTo(OCSPResp.UNAUTHORIZED);
    }

    @Test
    void withoutPostgresqlWhatIsKnownIsAnsweredAndTheRestIsLater() throws Exception {
        assertThat(status(issued)).isEqualTo(CertificateStatus.GOOD);
        SerialNumber revoked = serial();
        feed.revoke(revoked, ca.status().id(), RevocationReason.SUPERSEDED);
        rig.away = true;
        assertThat(status(issued)).isEqualTo(CertificateStatus.GOOD);
        assertThat(single(OcspRig.nonce(new byte[16]), issued).getCertStatus())
                .isEqualTo(CertificateStatus.GOOD);
        assertThat(status(revoked)).isInstanceOf(RevokedStatus.class);
        assertThat(failure(rig.request(null, serial()))).isEqualTo(OCSPResp.TRY_LATER);
        feed.standStill();
        pass(Duration.ofSeconds(31));
        assertThat(failure(rig.request(null, issued))).isEqualTo(OCSPResp.TRY_LATER);
    }

    @Test
    void getAndPostGiveTheSameWithCacheHeaders() throws Exception {
        byte[] request = rig.request(null, issued);
        Document posted =
                rig.documents.answer(new Request("POST", "", "application/ocsp-request", request));
        assertThat(posted.type()).isEqualTo("application/ocsp-response");
        assertThat(posted.freshness().maxAge()).isEqualTo(Duration.ofMinutes(1));
        assertThat(posted.freshness().expires()).isEqualTo(now.get().plus(Duration.ofHours(1)));
        String base64 = Base64.getEncoder().encodeToString(request);
        for (String path :
                new String[] {base64, URLEncoder.encode(base64, StandardCharsets.US_ASCII)}) {
            Document got = rig.documents.answer(new Request("GET", "/" + path, null, new byte[0]));
            assertThat(got.body()).isEqualTo(posted.body());
            assertThat(got.freshness().tag()).isEqualTo(posted.freshness().tag());
        }
        Document withNonce =
                rig.documents.answer(
                        new Request(
                                "POST",
                                "",
                                null,
                                rig.request(OcspRig.nonce(new byte[32]), issued)));
        assertThat(withNonce.freshness()).isNull();
        for (String path :
                new String[] {"", "/", "/%", "/%zz", "/====", "/" + "A".repeat(20_000)}) {
            Document got = rig.documents.answer(new Request("GET", path, null, new byte[0]));
            assertThat(got.body()).isEqualTo(OcspWriter.without(OcspWriter.MALFORMED_REQUEST));
            assertThat(got.freshness()).isNull();
        }
    }

    /// Two seconds by default; `-Dfuzz.seconds=600 -Dfuzz.seed=1` for more.
    @Test
    void R12_eachRequestIsAnsweredWithAValueAndSoon() throws Exception {
        long seed = Long.getLong("fuzz.seed", 20261123);
        Random random = new Random(seed);
        byte[][] corpus = {
            rig.request(null, issued),
            rig.request(OcspRig.nonce(new byte[32]), issued, serial()),
            new OCSPReqBuilder().addRequest(rig.id(issued, true)).build().getEncoded()
        };
        long end =
                System.nanoTime() + Duration.ofSeconds(Long.getLong("fuzz.seconds", 2)).toNanos();
        int successes = 0;
        int count = 0;
        while (System.nanoTime() < end) {
            byte[] input = corpus[random.nextInt(corpus.length)].clone();
            for (int i = random.nextInt(4); i > 0; i--) {
                input[random.nextInt(input.length)] = (byte) random.nextInt(256);
            }
            if (random.nextInt(8) == 0) {
                input = java.util.Arrays.copyOf(input, random.nextInt(2 * input.length));
            }
            long begin = System.nanoTime();
            byte[] answer;
            try {
                answer = rig.answers.answer(input).der();
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + HexFormat.of().formatHex(input), e);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isLessThan(Duration.ofSeconds(2));
            successes += new OCSPResp(answer).getStatus() == OCSPResp.SUCCESSFUL ? 1 : 0;
            count++;
        }
        assertThat(successes).isBetween(1, count);
        // As deep as the bound on the length allows.
        for (int tag : new int[] {0x30, 0xa0, 0x31, 0x24}) {
            byte[] nested = new byte[OcspRequestReader.MAX_LENGTH];
            for (int i = 0; i < nested.length; i += 2) {
                nested[i] = (byte) tag;
                nested[i + 1] = (byte) 0x80;
            }
            assertThat(rig.answers.answer(nested).der())
                    .isEqualTo(OcspWriter.without(OcspWriter.MALFORMED_REQUEST));
        }
        assertThat(rig.answers.answer(new byte[OcspRequestReader.MAX_LENGTH + 1]).der())
                .isEqualTo(OcspWriter.without(OcspWriter.MALFORMED_REQUEST));
    }
}
