package dev.signet.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

class JsonTest {

    @Test
    void writesEveryKindOfValue() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("text", "a");
        map.put("number", 1);
        map.put("long", 1L << 40);
        map.put("truth", true);
        map.put("nothing", null);
        map.put("time", Instant.EPOCH);
        map.put("list", List.of("x", "y"));
        map.put("empty", List.of());
        map.put("inner", Map.of());
        assertThat(Json.write(map))
                .isEqualTo(
                        """
                        {
                          "text": "a",
                          "number": 1,
                          "long": 1099511627776,
                          "truth": true,
                          "nothing": null,
                          "time": "1970-01-01T00:00:00Z",
                          "list": [
                            "x",
                            "y"
                          ],
                          "empty": [],
                          "inner": {}
                        }\
                        """);
    }

    @Test
    void escapesWhatJsonOrATerminalWouldObey() {
        assertThat(Json.write("\"\\\n\r\t\u0000\u001b\u007f"))
                .isEqualTo("\"\\\"\\\\\\n\\r\\t\\u0000\\u001b\\u007f\"");
    }

    @Test
    void keepsWholeSurrogatePairsAndEscapesHalves() {
        assertThat(Json.write("😀")).isEqualTo("\"😀\"");
        assertThat(Json.write("\ud83d")).isEqualTo("\"\\ud83d\"");
        assertThat(Json.write("\ude00x")).isEqualTo("\"\\ude00x\"");
    }

    @Test
    void refusesAnotherKindOfValue() {
        assertThatThrownBy(() -> Json.write(1.5)).isInstanceOf(IllegalArgumentException.class);
    }
}
