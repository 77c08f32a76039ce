package dev.signet.cli;

import dev.signet.cli.output.Json;
import dev.signet.cli.output.Table;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.OperatorClient;
import dev.signet.cli.remote.ServerOptions;
import dev.signet.proto.v1.CertificateRecord;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

@Command(
        name = "certificates",
        description = "Look certificates up in the ledger.",
        synopsisSubcommandLabel = "COMMAND")
final class CertificatesCommand implements Runnable {

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: list");
    }

    @Command(name = "list", description = "Certificates on record, the youngest first.")
    static final class ListAll implements Callable<Integer> {

        private static final int SHOWN_OF_SERIAL = 8;

        private final Terminal terminal;

        @Option(
                names = "--spiffe-id",
                paramLabel = "PREFIX",
                description = "Only identities that begin with this.")
        private String prefix = "";

        @Option(
                names = "--limit",
                paramLabel = "N",
                description = "At most so many (default: ${DEFAULT-VALUE}).")
        private int limit = 100;

        @Option(names = "--wide", description = "Whole serial numbers, and who asked.")
        private boolean wide;

        @Spec private CommandSpec spec;
        @Mixin private ServerOptions server;
        @Mixin private OutputOptions output;

        ListAll(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            if (limit < 1) {
                throw new ParameterException(
                        spec.commandLine(), "--limit: " + limit + " (expected: at least 1)");
            }
            List<CertificateRecord> records;
            try (OperatorClient client = OperatorClient.connect(server)) {
                records = client.certificates(prefix, limit);
            }
            if (output.json()) {
                terminal.out().println(Json.write(records.stream().map(ListAll::json).toList()));
            } else {
                print(records);
            }
            return ExitCode.OK;
        }

        private void print(List<CertificateRecord> records) {
            if (records.isEmpty()) {
                terminal.err().println("no certificates on record");
                return;
            }
            Table table =
                    wide
                            ? new Table(
                                    "SPIFFE ID", "SERIAL", "ISSUED", "EXPIRES", "EVIDENCE", "WHO")
                            : new Table("SPIFFE ID", "SERIAL", "ISSUED", "EXPIRES", "EVIDENCE");
            for (CertificateRecord record : records) {
                String issued = instant(record.getIssuedAt()).truncatedTo(ChronoUnit.SECONDS) + "";
                String expires = instant(record.getNotAfter()).toString();
                if (wide) {
                    table.add(
                            record.getSpiffeId(),
                            record.getSerialNumber(),
                            issued,
                            expires,
                            record.getEvidenceKind(),
                            record.getEvidenceSubject());
                } else {
                    table.add(
                            record.getSpiffeId(),
                            shortened(record.getSerialNumber()),
                            issued,
                            expires,
                            record.getEvidenceKind());
                }
            }
            table.print(terminal.out(), terminal.outStyle(), "");
        }

        /// The first digits are the expiry's hour and tell little; the last ones are random.
        private static String shortened(String serial) {
            return serial.length() <= SHOWN_OF_SERIAL
                    ? serial
                    : "…" + serial.substring(serial.length() - SHOWN_OF_SERIAL);
        }

        private static Instant instant(com.google.protobuf.Timestamp timestamp) {
            return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
        }

        private static Map<String, Object> json(CertificateRecord record) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("spiffe_id", record.getSpiffeId());
            json.put("serial_number", record.getSerialNumber());
            json.put("issued_at", instant(record.getIssuedAt()));
            json.put("not_before", instant(record.getNotBefore()));
            json.put("not_after", instant(record.getNotAfter()));
            json.put("evidence_kind", record.getEvidenceKind());
            json.put("evidence_subject", record.getEvidenceSubject());
            json.put("policy_version", record.getPolicyVersion());
            json.put("policy_rule", record.getPolicyRule());
            json.put("profile", record.getProfile());
            json.put("authority_id", record.getAuthorityId());
            json.put("replica", record.getReplica());
            json.put("key_sha256", record.getKeySha256());
            return json;
        }
    }
}
