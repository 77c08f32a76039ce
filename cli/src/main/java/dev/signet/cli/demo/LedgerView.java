package dev.signet.cli.demo;

import dev.signet.cli.output.Style;
import dev.signet.cli.output.Table;
import dev.signet.proto.v1.CertificateRecord;

import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What the ledger says about everything that happened. Immutable.
///
/// @param records every certificate of the trust domain
record LedgerView(List<CertificateRecord> records) {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);

    LedgerView {
        records = List.copyOf(records);
    }

    /// Serial numbers among `seen` that are not on record.
    Set<String> missing(Collection<String> seen) {
        Set<String> missing = new TreeSet<>(seen);
        records.forEach(record -> missing.remove(record.getSerialNumber()));
        return missing;
    }

    void print(PrintStream out, Style style) {
        Map<String, List<CertificateRecord>> byIdentity =
                records.stream()
                        .collect(
                                Collectors.groupingBy(
                                        CertificateRecord::getSpiffeId,
                                        TreeMap::new,
                                        Collectors.toList()));
        Table table =
                new Table("IDENTITY", "CERTIFICATES", "EVIDENCE", "FIRST ISSUED", "LAST EXPIRES");
        byIdentity.forEach((identity, certificates) ->
                table.add(
                        identity,
                        String.valueOf(certificates.size()),
                        evidence(certificates),
                        TIME.format(
                                certificates.stream()
                                        .map(c -> seconds(c.getIssuedAt()))
                                        .min(Instant::compareTo)
                                        .orElseThrow()),
                        TIME.format(
                                certificates.stream()
                                        .map(c -> seconds(c.getNotAfter()))
                                        .max(Instant::compareTo)
                                        .orElseThrow())));
        table.print(out, style, "    ");
    }

    private static String evidence(List<CertificateRecord> certificates) {
        return certificates.stream()
                .collect(
                        Collectors.groupingBy(
                                CertificateRecord::getEvidenceKind,
                                TreeMap::new,
                                Collectors.counting()))
                .entrySet()
                .stream()
                .sorted(Map.Entry.comparingByValue())
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
    }

    private static Instant seconds(com.google.protobuf.Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds());
    }
}
