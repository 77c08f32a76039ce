package dev.signet.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.identity.EvidenceKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Instant;
import java.util.Map;

/// What goes into a row, and what comes out of a page token.
class RecordFormTest {

    @Test
    void attributesAreOneJsonObjectWithSortedKeys() {
        assertThat(AttributesJson.of(Map.of("b", "2", "a", "1", "c", "3")))
                .isEqualTo("{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}");
        assertThat(AttributesJson.of(Map.of())).isEqualTo("{}");
    }

    @Test
    void noAttributeBreaksOutOfItsString() {
        assertThat(AttributesJson.of(Map.of("k\"", "\",\"admin\":\"true\\\0\n\u00e9\ud83d\ude00")))
                .isEqualTo(
                        "{\"k\\\"\":\"\\\",\\\"admin\\\":\\\"true\\\\\\u0000\\u000a\\u00e9"
                                + "\\ud83d\\ude00\"}");
    }

    @Test
    void callersOfDifferentKindOrSubjectHaveDifferentDigests() {
        byte[] one = CallerDigest.of(EvidenceKind.OIDC, "a");
        assertThat(one).hasSize(32).isEqualTo(CallerDigest.of(EvidenceKind.OIDC, "a"));
        assertThat(one)
                .isNotEqualTo(CallerDigest.of(EvidenceKind.OIDC, "b"))
                .isNotEqualTo(CallerDigest.of(EvidenceKind.KUBERNETES, "a"));
    }

    @Test
    void aPageTokenSurvivesTheWayToTheCallerAndBack() {
        PageToken token =
                new PageToken(
                        Instant.parse("2026-11-23T12:34:56.123456Z"),
                        SerialNumber.of(Instant.parse("2026-11-23T13:00:00Z"), new byte[16]));
        assertThat(PageToken.parse(token.text())).isEqualTo(token);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "!!", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    void refusesAPageTokenOfAnotherMaking(String text) {
        assertThatThrownBy(() -> PageToken.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
