package dev.signet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.cli.postgres.LocalPostgresSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;

/// A small ledger, so that the search benchmark cannot rot.
class SearchRunIT {

    private static final int ROWS = 20_000;

    @TempDir Path directory;

    @Test
    void everySearchFindsWhatItShouldByItsIndex() throws Exception {
        Progress progress =
                new Progress(
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                        false);
        SearchReport report =
                new SearchRun(LocalPostgresSettings.in(directory), progress, InstantSource.system())
                        .run(ROWS, 3);

        for (SearchKind kind : SearchKind.values()) {
            double found = report.times().get(kind.title()).found();
            switch (kind) {
                case NOTHING, KIND_COMMON, VALID, EXPIRED, SUBJECT_BUSY ->
                        assertThat(found).as(kind.title()).isEqualTo(100);
                case PREFIX_OF_NONE, SHA256_OF_NONE, KIND_OF_NONE ->
                        assertThat(found).as(kind.title()).isZero();
                case PREFIX_OF_ONE, SAN_SPIFFE_ID, SUBJECT, SERIAL_NUMBER, SHA256 ->
                        assertThat(found).as(kind.title()).isGreaterThanOrEqualTo(1);
                case KIND_RARE -> assertThat(found).as(kind.title()).isEqualTo(ROWS / 1_000.0);
                case PREFIX_OF_NAMESPACE, SAN_DNS, KEY, ISSUED, EXPIRES, EXPIRES_SOON, COMBINED ->
                        assertThat(found).as(kind.title()).isNotNegative();
            }
        }
        assertThat(report.plans().get(SearchKind.SHA256.title()))
                .singleElement()
                .asString()
                .contains("_sha256_idx");
        assertThat(report.plans().get(SearchKind.KEY.title()))
                .singleElement()
                .asString()
                .contains("Index Scan");
        assertThat(report.streamed()).isPositive();
        assertThat(report.markdown()).contains("| serialNumber |").doesNotContain("actual rows=");
        assertThat(report.plansMarkdown()).contains("actual rows=");
    }
}
