package dev.signet.ca.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpiffeIdCaseTest {

    @Test
    void foldsLettersOfAscii() {
        assertThat(SpiffeId.parse("SPIFFE://Bank.Example/Pay"))
                .hasValueSatisfying(id -> assertThat(id).hasToString("spiffe://bank.example/Pay"));
    }

    /// The Kelvin sign's lower case is k, the long s's upper case is S.
    @ParameterizedTest
    @ValueSource(strings = {"spiffe://ban\u212a.example/pay", "\u017fpiffe://bank.example/pay"})
    void foldsNoOtherLetterToOneOfAscii(String text) {
        assertThat(SpiffeId.parse(text)).isEmpty();
        assertThat(SpiffeIdPattern.parse(text)).isEmpty();
    }

    @Test
    void comparesWithoutRegardToTheCaseOfAscii() {
        assertThat(Ascii.equalIgnoringCase("Host.Example", "hOST.example")).isTrue();
        assertThat(Ascii.equalIgnoringCase("k", "\u212a")).isFalse();
        assertThat(Ascii.startsWithIgnoringCase("SPIFFE:x", "spiffe:")).isTrue();
        assertThat(Ascii.startsWithIgnoringCase("spiff", "spiffe:")).isFalse();
        assertThat(Ascii.lowerCase("aZ\u212a")).isEqualTo("az\u212a");
    }
}
