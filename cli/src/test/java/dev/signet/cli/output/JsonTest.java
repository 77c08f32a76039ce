package dev.signet.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        assertThat(Json.write("\"\\\n\r\t\u0000\u001b\u007f\u0085\u202e"))
                .isEqualTo("\"\\\"\\\\\\n\\r\\t\\u0000\\u001B\\u007F\\u0085\\u202E\"");
    }

    @Test
    void keepsWhatPeopleRead() {
        assertThat(Json.write("é 😀 ✓")).isEqualTo("\"é 😀 ✓\"");
    }

    @Test
    void readsWhatItWrites() {
        assertThat(Json.read(Json.writeLine(Map.of("a", List.of(1, true)))).at("/a/1").asBoolean())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":1,\"a\":2}", "{} {}", "{", "secret"})
    void refusesWhatIsNotOneDocumentAndQuotesNothingOfIt(String text) {
        assertThatThrownBy(() -> Json.read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no JSON");
    }
}
