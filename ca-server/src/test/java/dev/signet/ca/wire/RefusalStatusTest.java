package dev.signet.ca.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

class RefusalStatusTest {

    private static final Pattern ROW =
            Pattern.compile("\\| `([A-Z_]+)` \\| ([A-Z_]+) \\| [0-9]+ \\|.*");

    @Test
    void theDocumentHasEveryCodeWithItsStatus() throws Exception {
        Path document = Path.of("docs/errors.md");
        for (Path up = Path.of("").toAbsolutePath(); !Files.exists(document); up = up.getParent()) {
            document = up.resolve("docs/errors.md");
        }
        Map<String, String> documented =
                Files.readAllLines(document).stream()
                        .map(ROW::matcher)
                        .filter(Matcher::matches)
                        .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
        Map<String, String> actual =
                Arrays.stream(RefusalCode.values())
                        .collect(
                                Collectors.toMap(
                                        RefusalCode::name,
                                        code -> RefusalStatus.code(code).name()));
        assertThat(documented).isEqualTo(actual);
    }

    @ParameterizedTest
    @EnumSource(RefusalCode.class)
    void everyRefusalNamesItsCode(RefusalCode code) throws Exception {
        Refusal refusal = Refusal.of(code, "a sentence");
        ErrorInfo info = detail(refusal, ErrorInfo.class);
        assertThat(info.getDomain()).isEqualTo("signet.dev");
        assertThat(info.getReason()).isEqualTo(code.name());
    }

    @Test
    void unauthenticatedCallersLearnNothing() throws Exception {
        Refusal refusal =
                new Refusal(
                        RefusalCode.UNAUTHENTICATED,
                        "token expired",
                        "kid 7 unknown",
                        null,
                        Map.of("issuer", "https://secret.example"));
        com.google.rpc.Status status = RefusalStatus.trailers(refusal).get(RefusalStatus.DETAILS);
        assertThat(status.toString())
                .doesNotContain("expired")
                .doesNotContain("kid")
                .doesNotContain("secret.example");
        assertThat(RefusalStatus.status(refusal).getDescription())
                .isEqualTo(RefusalStatus.UNAUTHENTICATED_TEXT);
    }

    @Test
    void unauthenticatedCallersAreToldWhatTheirOwnEvidenceSays() throws Exception {
        Refusal refusal =
                Refusal.withDiagnosis(RefusalCode.UNAUTHENTICATED, "a message", "a diagnosis")
                        .telling("The token expired.");
        assertThat(RefusalStatus.status(refusal).getDescription())
                .isEqualTo(RefusalStatus.UNAUTHENTICATED_TEXT + ". The token expired.");
        assertThat(detail(refusal, ErrorInfo.class).getMetadataMap())
                .isEqualTo(Map.of("evidence", "The token expired."));
    }

    @Test
    void noDiagnosisLeaves() {
        Refusal refusal = Refusal.withDiagnosis(RefusalCode.POLICY_DENIED, "no rule", "rule 7");
        assertThat(RefusalStatus.trailers(refusal).get(RefusalStatus.DETAILS).toString())
                .doesNotContain("rule 7");
    }

    @Test
    void R18_overloadSaysWhenToComeBack() throws Exception {
        assertThat(
                        detail(Refusal.of(RefusalCode.OVERLOADED, "full"), RetryInfo.class)
                                .getRetryDelay()
                                .getSeconds())
                .isEqualTo(1);
        assertThat(
                        detail(
                                        Refusal.of(RefusalCode.OVERLOADED, "full")
                                                .retryAfter(Duration.ofMillis(1500)),
                                        RetryInfo.class)
                                .getRetryDelay()
                                .getNanos())
                .isEqualTo(500_000_000);
    }

    @Test
    void namesTheFieldAtFault() throws Exception {
        BadRequest bad =
                detail(RefusalStatus.invalidField("lifetime", "too short"), BadRequest.class);
        assertThat(bad.getFieldViolationsList())
                .singleElement()
                .satisfies(violation -> assertThat(violation.getField()).isEqualTo("lifetime"));
    }

    private static <T extends com.google.protobuf.Message> T detail(Refusal refusal, Class<T> type)
            throws Exception {
        List<Any> details =
                RefusalStatus.trailers(refusal).get(RefusalStatus.DETAILS).getDetailsList();
        for (Any detail : details) {
            if (detail.is(type)) {
                return detail.unpack(type);
            }
        }
        throw new AssertionError("no " + type.getSimpleName() + " in " + details);
    }
}
