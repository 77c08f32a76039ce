package dev.signet.ca.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.identity.ShownTextTest;

import org.junit.jupiter.api.Test;

class PrintableTextTest {

    @Test
    void leavesPlainTextAlone() {
        String text = "spiffe://example.org/größe";
        assertThat(PrintableText.of(text, 100)).isSameAs(text);
    }

    @Test
    void makesOneBoundedLineOfWhatCallersWrote() {
        assertThat(PrintableText.of("a\r\nb\u0000c\u001b[31m", 100)).isEqualTo("a  b c [31m");
        assertThat(PrintableText.of("abcdef", 3)).isEqualTo("abc");
    }

    @Test
    void nothingInItChangesHowTheRestIsShown() {
        for (String hidden : ShownTextTest.HIDDEN) {
            assertThat(PrintableText.isPrintable("a" + hidden + "b")).isFalse();
            assertThat(PrintableText.of("a" + hidden + "b", 100)).matches("a[ \ufffd]b");
        }
    }

    @Test
    void cutsNoCharacterInTwoAndKeepsNoHalf() {
        assertThat(PrintableText.of("a\ud83d\ude00b", 2)).isEqualTo("a");
        assertThat(PrintableText.of("a\ud83d\ude00b", 3)).isEqualTo("a\ud83d\ude00");
        assertThat(PrintableText.of("a\ud83db\ude00", 9)).isEqualTo("a\ufffdb\ufffd");
    }
}
