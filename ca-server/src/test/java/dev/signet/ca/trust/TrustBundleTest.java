package dev.signet.ca.trust;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.authority.KeyType;
import dev.signet.ca.authority.TestAuthority;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class TrustBundleTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    private static TrustBundle bundle(byte[]... roots) {
        return new TrustBundle(
                TestAuthority.TRUST_DOMAIN, 7, List.of(roots), Duration.ofSeconds(60));
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void spiffeJsonHoldsWhatAnIndependentReaderFindsInTheCertificate(KeyType type)
            throws Exception {
        byte[] root = TestAuthority.with(type, NOW, Duration.ofDays(1), signer -> signer).root();
        X509Certificate certificate = TestCertificates.parse(root);
        String json = bundle(root).spiffeJson();

        Map<String, Object> object = JSONObjectUtils.parse(json);
        assertThat(object).containsEntry("spiffe_sequence", 7L);
        assertThat(object).containsEntry("spiffe_refresh_hint", 60L);
        List<JWK> keys = JWKSet.parse(json).getKeys();
        assertThat(keys).hasSize(1);
        JWK key = keys.getFirst();
        assertThat(key.getKeyID()).isNull();
        assertThat(key.getKeyUse().identifier()).isEqualTo("x509-svid");
        assertThat(key.getX509CertChain()).hasSize(1);
        assertThat(key.getX509CertChain().getFirst().decode()).isEqualTo(root);
        if (certificate.getPublicKey().getAlgorithm().equals("EdDSA")) {
            byte[] encoded = certificate.getPublicKey().getEncoded();
            assertThat(key.toOctetKeyPair().getDecodedX())
                    .isEqualTo(java.util.Arrays.copyOfRange(encoded, 12, 44));
        } else {
            assertThat(((AsymmetricJWK) key).toPublicKey().getEncoded())
                    .isEqualTo(certificate.getPublicKey().getEncoded());
        }
    }

    @Test
    void anEmptyBundleIsAnEmptySet() throws Exception {
        assertThat(JWKSet.parse(bundle().spiffeJson()).getKeys()).isEmpty();
        assertThat(bundle().pem()).isEmpty();
    }

    @Test
    void pemHoldsEachRootOnce() throws Exception {
        byte[] first = TestAuthority.at(NOW).root();
        byte[] second = TestAuthority.at(NOW).root();
        List<byte[]> read = new ArrayList<>();
        for (var certificate :
                CertificateFactory.getInstance("X.509")
                        .generateCertificates(
                                new ByteArrayInputStream(
                                        bundle(first, second)
                                                .pem()
                                                .getBytes(StandardCharsets.US_ASCII)))) {
            read.add(certificate.getEncoded());
        }
        assertThat(read).containsExactly(first, second);
    }
}
