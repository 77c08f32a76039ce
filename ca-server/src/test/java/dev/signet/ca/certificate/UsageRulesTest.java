package dev.signet.ca.certificate;

import static dev.signet.ca.certificate.ExtendedKeyUsage.CLIENT_AUTH;
import static dev.signet.ca.certificate.ExtendedKeyUsage.SERVER_AUTH;
import static dev.signet.ca.certificate.ExtendedKeyUsage.TIME_STAMPING;
import static dev.signet.ca.certificate.KeyUsage.CONTENT_COMMITMENT;
import static dev.signet.ca.certificate.KeyUsage.CRL_SIGN;
import static dev.signet.ca.certificate.KeyUsage.DATA_ENCIPHERMENT;
import static dev.signet.ca.certificate.KeyUsage.DECIPHER_ONLY;
import static dev.signet.ca.certificate.KeyUsage.DIGITAL_SIGNATURE;
import static dev.signet.ca.certificate.KeyUsage.ENCIPHER_ONLY;
import static dev.signet.ca.certificate.KeyUsage.KEY_AGREEMENT;
import static dev.signet.ca.certificate.KeyUsage.KEY_CERT_SIGN;
import static dev.signet.ca.certificate.KeyUsage.KEY_ENCIPHERMENT;
import static dev.signet.ca.certificate.PublicKeyType.ED25519;
import static dev.signet.ca.certificate.PublicKeyType.P256;
import static dev.signet.ca.certificate.PublicKeyType.P384;
import static dev.signet.ca.certificate.PublicKeyType.RSA;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Set;

class UsageRulesTest {

    @Test
    void R4_eachKindOfKeyHasTheUsagesOfItsRfc() {
        types(Set.of(DIGITAL_SIGNATURE), P256, P384, ED25519, RSA);
        types(Set.of(DIGITAL_SIGNATURE, CONTENT_COMMITMENT), P256, P384, ED25519, RSA);
        types(Set.of(KEY_CERT_SIGN, CRL_SIGN), P256, P384, ED25519, RSA);
        types(Set.of(DIGITAL_SIGNATURE, KEY_ENCIPHERMENT), RSA);
        types(Set.of(DATA_ENCIPHERMENT), RSA);
        types(Set.of(KEY_AGREEMENT), P256, P384);
        types(Set.of(KEY_AGREEMENT, ENCIPHER_ONLY), P256, P384);
        types(Set.of(KEY_AGREEMENT, DECIPHER_ONLY), P256, P384);
        types(Set.of(KEY_AGREEMENT, ENCIPHER_ONLY, DECIPHER_ONLY));
        types(Set.of(DIGITAL_SIGNATURE, ENCIPHER_ONLY));
        types(Set.of(KEY_ENCIPHERMENT, KEY_AGREEMENT));
    }

    private static void types(Set<KeyUsage> usages, PublicKeyType... expected) {
        assertThat(ProfileRules.keyTypes(usages)).containsExactlyInAnyOrder(expected);
    }

    @Test
    void R4_usagesThatDoNotGoTogetherAreNamed() {
        assertThat(objection(Set.of(DIGITAL_SIGNATURE), SERVER_AUTH, CLIENT_AUTH)).isNull();
        assertThat(objection(Set.of(CONTENT_COMMITMENT), TIME_STAMPING)).isNull();
        assertThat(objection(Set.of())).contains("no key usage");
        assertThat(objection(Set.of(KEY_CERT_SIGN))).contains("keyCertSign");
        assertThat(objection(Set.of(CRL_SIGN))).contains("cRLSign");
        assertThat(UsageRules.objection(Set.of(CRL_SIGN), List.of(), true)).contains("keyCertSign");
        assertThat(UsageRules.objection(Set.of(KEY_CERT_SIGN), List.of(), true)).isNull();
        assertThat(objection(Set.of(KEY_ENCIPHERMENT), CLIENT_AUTH)).contains("CLIENT_AUTH");
        assertThat(objection(Set.of(DIGITAL_SIGNATURE), CLIENT_AUTH, CLIENT_AUTH))
                .contains("twice");
        assertThat(objection(Set.of(DIGITAL_SIGNATURE), TIME_STAMPING, CLIENT_AUTH))
                .contains("3161");
        assertThat(objection(Set.of(KEY_ENCIPHERMENT, KEY_AGREEMENT), SERVER_AUTH))
                .contains("No kind of key");
    }

    private static String objection(Set<KeyUsage> usages, ExtendedKeyUsage... purposes) {
        return UsageRules.objection(usages, List.of(purposes), false);
    }
}
