package dev.signet.ca.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

class ProblemTest {

    private static final Pattern ROW =
            Pattern.compile("\\| `([A-Z_]+)` \\| [A-Z_]+ \\| ([0-9]+) \\|.*");

    @Test
    void theDocumentHasEveryCodeWithItsStatus() throws Exception {
        Map<String, Integer> documented =
                Files.readAllLines(document("errors.md")).stream()
                        .map(ROW::matcher)
                        .filter(Matcher::matches)
                        .collect(
                                Collectors.toMap(
                                        row -> row.group(1), row -> Integer.valueOf(row.group(2))));
        assertThat(documented)
                .isEqualTo(
                        Arrays.stream(RefusalCode.values())
                                .collect(Collectors.toMap(RefusalCode::name, Problem::status)));
    }

    static Path document(String name) {
        Path path = Path.of("docs", name);
        for (Path up = Path.of("").toAbsolutePath();
                up != null && !Files.exists(path);
                up = up.getParent()) {
            path = up.resolve("docs").resolve(name);
        }
        return path;
    }

    @Test
    void whoProvedNothingIsToldNothing() {
        Problem problem =
                Problem.of(
                        Refusal.withDiagnosis(
                                RefusalCode.UNAUTHENTICATED, "a message", "a diagnosis"),
                        List.of());
        assertThat(problem.detail()).isEqualTo("No credential, or one that proves nothing here.");
        assertThat(RestJson.mapper().writeValueAsString(problem)).doesNotContain("diagnosis");
    }

    @Test
    void whoProvedNothingIsToldWhatItsOwnCredentialSays() {
        assertThat(
                        Problem.of(
                                        Refusal.withDiagnosis(
                                                        RefusalCode.UNAUTHENTICATED,
                                                        "a message",
                                                        "a diagnosis")
                                                .telling("The token expired."),
                                        List.of())
                                .detail())
                .isEqualTo("No credential, or one that proves nothing here. The token expired.");
    }

    @Test
    void saysHowLongToWaitInWholeSecondsAtLeastOne() {
        assertThat(
                        Problem.of(
                                        Refusal.of(RefusalCode.RATE_LIMITED, "wait")
                                                .retryAfter(Duration.ofMillis(1200)),
                                        List.of())
                                .retryAfterSeconds())
                .isEqualTo(2);
        assertThat(
                        Problem.of(Refusal.of(RefusalCode.OVERLOADED, "wait"), List.of())
                                .retryAfterSeconds())
                .isEqualTo(1);
        assertThat(
                        Problem.of(Refusal.of(RefusalCode.NOT_FOUND, "none"), List.of())
                                .retryAfterSeconds())
                .isNull();
    }

    @Test
    void aFaultTellsNothingButWhereToLook() {
        String json = RestJson.mapper().writeValueAsString(Problem.fault("an-id"));
        assertThat(json)
                .isEqualTo(
                        "{\"title\":\"Internal Server Error\",\"status\":500,\"detail\":\"The server"
                                + " failed. Its log has the cause under this id.\",\"id\":\"an-id\"}");
    }

    @Test
    void aCellIsQuotedAndNoFormulaToASpreadsheet() {
        assertThat(Streams.cell("=1+1")).isEqualTo("\"'=1+1\"");
        assertThat(Streams.cell("@x")).isEqualTo("\"'@x\"");
        assertThat(Streams.cell("\t=1")).isEqualTo("\"'\t=1\"");
        assertThat(Streams.cell("a\"b")).isEqualTo("\"a\"\"b\"");
        assertThat(Streams.cell("")).isEqualTo("\"\"");
    }
}
