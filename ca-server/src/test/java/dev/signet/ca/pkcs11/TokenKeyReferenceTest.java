package dev.signet.ca.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenKeyReferenceTest {

    @ParameterizedTest
    @ValueSource(strings = {"signet", "My Token; 100 %", "Schlüssel", "a=b"})
    void isReadAsItWasWritten(String label) {
        TokenKeyReference reference = new TokenKeyReference(label, new byte[] {1, -1, 0x3b});
        assertThat(reference.toString()).endsWith(";id=%01%ff%3b;type=private");
        assertThat(TokenKeyReference.parse(reference.toString())).isEqualTo(reference);
        // As the database's CHECK wants it.
        assertThat(reference.toString())
                .matches("pkcs11:token=[!-~]+;id=(%[0-9a-f]{2}){1,64};type=private");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "pkcs11:",
                "pkcs11:token=a",
                "pkcs11:id=%01",
                "pkcs11:token=a;id=%0",
                "pkcs11:token=a;id=%zz",
                "pkcs11:token=a;id=%01;type=public",
                "pkcs11:token=a;id=%01;pin-value=1234",
                "http:token=a;id=%01",
                "pkcs11:token=;id=%01",
                "pkcs11:token=a;id="
            })
    void refusesAnotherForm(String uri) {
        assertThatThrownBy(() -> TokenKeyReference.parse(uri))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
