package dev.signet.ca.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextsTest {

    @Test
    void leavesPlainTextAlone() {
        String text = "spiffe://example.org/größe";
        assertThat(Texts.printable(text, 100)).isSameAs(text);
    }

    @Test
    void makesOneBoundedLineOfWhatCallersWrote() {
        assertThat(Texts.printable("a\r\nb\u0000c\u001b[31m", 100)).isEqualTo("a  b c [31m");
        assertThat(Texts.printable("abcdef", 3)).isEqualTo("abc");
    }

    @Test
    void cutsNoCharacterInTwoAndKeepsNoHalf() {
        assertThat(Texts.printable("a\ud83d\ude00b", 2)).isEqualTo("a");
        assertThat(Texts.printable("a\ud83d\ude00b", 3)).isEqualTo("a\ud83d\ude00");
        assertThat(Texts.printable("a\ud83db\ude00", 9)).isEqualTo("a\ufffdb\ufffd");
    }
}
