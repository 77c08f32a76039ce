package dev.signet.ca.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

public class ShownTextTest {

    /// Right-to-left override and isolate, zero width space and joiner, soft hyphen, byte order
    /// mark, tag letter, line separator, newline, escape, half of a character, private, not
    /// assigned, filler.
    public static final List<String> HIDDEN =
            List.of(
                    "\u202e",
                    "\u2067",
                    "\u200b",
                    "\u200d",
                    "\u00ad",
                    "\ufeff",
                    "\udb40\udc41",
                    "\u2028",
                    "\n",
                    "\u001b",
                    "\ud83d",
                    "\ue000",
                    "\u0378",
                    "\u3164");

    @Test
    void refusesWhatIsNotSeenOrChangesWhatIs() {
        for (String hidden : HIDDEN) {
            assertThat(ShownText.isShown("a" + hidden + "b"))
                    .as("%x", hidden.codePointAt(0))
                    .isFalse();
        }
    }

    @Test
    void leavesEveryLanguageAlone() {
        for (String text :
                List.of(
                        "key leaked on host-7 (~50 %)",
                        "Schlüssel weg – größe",
                        "клуч",
                        "钥匙泄露",
                        "مفتاح",
                        "e\u0301",
                        "\u26a0\ufe0f",
                        "\ud83d\ude00")) {
            assertThat(ShownText.isShown(text)).as(text).isTrue();
        }
    }
}
