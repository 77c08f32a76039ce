package dev.signet.ca.egress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

class StrictJsonTest {

    @Test
    void readsEachKindOfValue() {
        assertThat(
                        read(
                                " {\"a\":\"\\u00e9\\n\",\"b\":[1,-2.50e+3,true,false,null,{}],"
                                        + "\"c\":{\"d\":[]}} "))
                .hasValue(
                        Map.of(
                                "a", "\u00e9\n",
                                "b",
                                        List.of(
                                                new StrictJson.Figure("1"),
                                                new StrictJson.Figure("-2.50e+3"),
                                                true,
                                                false,
                                                StrictJson.NULL,
                                                Map.of()),
                                "c", Map.of("d", List.of())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "1",
                "null",
                "\"a\"",
                "{",
                "{}{}",
                "{} x",
                "{},",
                "{\"a\":1,\"a\":1}",
                "{\"a\":1,\"\\u0061\":2}",
                "{\"a\":{\"b\":1,\"b\":null}}",
                "{\"a\":null,\"a\":1}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":1,}",
                "{\"a\":[1,]}",
                "{\"a\":[,1]}",
                "{\"a\" 1}",
                "{\"a\"=1}",
                "{\"a\":1;\"b\":2}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":5.}",
                "{\"a\":1e}",
                "{\"a\":-}",
                "{\"a\":0x1}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":True}",
                "{\"a\":nul}",
                "{\"a\":undefined}",
                "{\"a\":\"\t\"}",
                "{\"a\":\"\\x41\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"b}",
                "{/* */\"a\":1}",
                "{\"a\":1}//",
                "#\n{}",
                "\ufeff{}",
                ")]}'\n{}",
                "{\"a\":1]",
                "[{]}",
                "{\"a\"}",
                "{:1}",
                "{1:1}"
            })
    void refusesWhatReadersDisagreeOn(String text) {
        assertThat(read(text)).isEmpty();
    }

    @Test
    void refusesOctetsThatAreNotUtf8() {
        for (int[] broken :
                new int[][] {{0x80}, {0xc0, 0xaf}, {0xed, 0xa0, 0x80}, {0xf8}, {0xe2, 0x82}}) {
            byte[] octets = "{\"a\":\"12345\"}".getBytes(StandardCharsets.US_ASCII);
            IntStream.range(0, broken.length).forEach(i -> octets[6 + i] = (byte) broken[i]);
            assertThat(StrictJson.object(octets)).isEmpty();
        }
        assertThat(StrictJson.object("{\"a\":1}".getBytes(StandardCharsets.UTF_16LE))).isEmpty();
        assertThat(StrictJson.object("{\"a\":1}".getBytes(StandardCharsets.UTF_16BE))).isEmpty();
    }

    @Test
    void boundsDepthNumbersAndCount() {
        assertThat(read("{\"a\":" + "[".repeat(7) + "]".repeat(7) + "}")).isPresent();
        assertThat(read("{\"a\":" + "[".repeat(8) + "]".repeat(8) + "}")).isEmpty();
        assertThat(read("{\"a\":" + "{\"b\":".repeat(8) + "1" + "}".repeat(9))).isEmpty();
        assertThat(read("{\"a\":" + "[".repeat(100_000))).isEmpty();
        assertThat(read("{\"a\":" + "1".repeat(101) + "}")).isEmpty();
        assertThat(read("{\"a\":[" + "1,".repeat(998) + "1]}")).isPresent();
        assertThat(read("{\"a\":[" + "1,".repeat(999) + "1]}")).isEmpty();
    }

    private static Optional<Map<String, Object>> read(String text) {
        return StrictJson.object(text.getBytes(StandardCharsets.UTF_8));
    }
}
