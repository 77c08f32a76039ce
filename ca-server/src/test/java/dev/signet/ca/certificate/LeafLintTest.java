package dev.signet.ca.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

class LeafLintTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    private static CertificateContent content(SignatureAlgorithm algorithm) throws Exception {
        return LeafEncoderTest.content(
                LeafEncoderTest.issuer(algorithm),
                Validity.of(NOW, Duration.ofHours(1)),
                List.of("ca.example.org"),
                List.of(java.net.InetAddress.ofLiteral("10.0.0.1")));
    }

    @ParameterizedTest
    @EnumSource(SignatureAlgorithm.class)
    void findsEachBitThatIsNotAsDecided(SignatureAlgorithm algorithm) throws Exception {
        CertificateContent content = content(algorithm);
        byte[] der = LeafEncoderTest.signed(content);
        assertThat(LeafLint.firstDefect(der, content)).isEmpty();
        byte[] toBeSigned = new LeafEncoder(content.issuer()).toBeSigned(content);
        // Everything but the signature's value, which only a verification could judge.
        int algorithmAndHeader = 24;
        for (int bit = 0; bit < 8 * (toBeSigned.length + 4); bit++) {
            byte[] changed = der.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(LeafLint.firstDefect(changed, content)).as("bit %d", bit).isPresent();
        }
        assertThat(der.length).isGreaterThan(toBeSigned.length + algorithmAndHeader);
    }

    @Test
    void findsEachTruncationAndTrailingOctet() throws Exception {
        CertificateContent content = content(SignatureAlgorithm.ECDSA_P256_SHA256);
        byte[] der = LeafEncoderTest.signed(content);
        for (int length = 0; length < der.length; length++) {
            assertThat(LeafLint.firstDefect(Arrays.copyOf(der, length), content)).isPresent();
        }
        assertThat(LeafLint.firstDefect(Arrays.copyOf(der, der.length + 1), content)).isPresent();
    }

    @ParameterizedTest
    @EnumSource(SignatureAlgorithm.class)
    void findsASignatureThatIsNone(SignatureAlgorithm algorithm) throws Exception {
        CertificateContent content = content(algorithm);
        LeafEncoder encoder = new LeafEncoder(content.issuer());
        byte[] toBeSigned = encoder.toBeSigned(content);
        for (byte[] signature : List.of(new byte[0], new byte[1], new byte[63], new byte[1000])) {
            assertThat(LeafLint.firstDefect(encoder.certificate(toBeSigned, signature), content))
                    .isPresent();
        }
    }

    @Test
    void R4_findsALeafThatOutlivesItsIssuer() throws Exception {
        CertificateContent content = content(SignatureAlgorithm.ECDSA_P256_SHA256);
        byte[] der = LeafEncoderTest.signed(content);
        Issuer issuer = content.issuer();
        for (Validity shorter :
                List.of(
                        new Validity(NOW, content.validity().notAfter().minusSeconds(1)),
                        new Validity(NOW.plusSeconds(1), content.validity().notAfter()))) {
            CertificateContent same =
                    new CertificateContent(
                            content.serialNumber(),
                            new Issuer(
                                    issuer.subject(),
                                    issuer.subjectKeyIdentifier(),
                                    shorter,
                                    issuer.algorithm()),
                            content.validity(),
                            content.spiffeId(),
                            content.names(),
                            content.subject(),
                            content.key(),
                            content.profile(),
                            content.extendedKeyUsages());
            assertThat(LeafLint.firstDefect(der, same)).isPresent();
        }
    }
}
