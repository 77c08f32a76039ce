package dev.signet.cli.admin;

import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Style;
import dev.signet.cli.output.Table;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminPages;
import dev.signet.cli.remote.AdminRequest;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import tools.jackson.databind.JsonNode;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// `signet certificates`.
@Command(
        name = "certificates",
        aliases = "certificate",
        description = "Look certificates up in the ledger.",
        synopsisSubcommandLabel = "COMMAND")
public final class CertificatesCommands extends Group {

    private static final String PATH = "/v1/certificates";

    private CertificatesCommands() {}

    public static CommandLine commandLine(Terminal terminal, InstantSource clock) {
        return new CommandLine(new CertificatesCommands())
                .addSubcommand(new ListThem(terminal, clock))
                .addSubcommand(new Show(terminal, clock))
                .addSubcommand(new CertificatesExport(terminal, clock));
    }

    @Command(
            name = "list",
            description = "Certificates on record, the youngest first.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  signet certificates list --spiffe-id spiffe://signet.local/ns/shop/",
                "  signet certificates list --expires-before 2h --state valid --wide",
                "  signet certificates list --san payments.shop.svc --issued-from 7d --json"
            })
    static final class ListThem extends AdminCommand {

        @Mixin private CertificateFilter filter;

        @Option(
                names = "--limit",
                paramLabel = "N",
                description = "At most so many (default: ${DEFAULT-VALUE}).")
        private int limit = 100;

        @Option(
                names = "--wide",
                description =
                        "Whole serial numbers, times of issuance, and subjects of the evidence.")
        private boolean wide;

        @Spec private CommandSpec spec;

        ListThem(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        private AdminRequest request = AdminRequest.get(PATH);

        @Override
        void prepare() {
            Limits.require(spec, limit);
            request = request.with(filter.parameters(clock()));
        }

        @Override
        int run(AdminClient client) {
            List<JsonNode> items =
                    AdminPages.items(client, filter.completed(client, request), limit);
            if (json()) {
                printJson(items);
            } else if (items.isEmpty()) {
                printEmpty("no certificates on record", filter.given());
            } else {
                print(items);
            }
            return ExitCode.OK;
        }

        private void print(List<JsonNode> items) {
            Table table =
                    wide
                            ? new Table(
                                    "SPIFFE ID",
                                    "SERIAL",
                                    "STATE",
                                    "ISSUED",
                                    "EXPIRES",
                                    "EVIDENCE",
                                    "SUBJECT")
                            : new Table("SPIFFE ID", "SERIAL", "STATE", "EXPIRES", "EVIDENCE");
            table.whole("SERIAL", "STATE");
            for (JsonNode item : items) {
                String id = Shown.text(item, "spiffeId");
                String serial = Shown.text(item, "serialNumber");
                String state = Shown.text(item, "state");
                String expires = Shown.time(item, "notAfter");
                String kind = Shown.text(item, "evidenceKind");
                if (wide) {
                    table.add(
                            id,
                            serial,
                            state,
                            Shown.time(item, "issuedAt"),
                            expires,
                            kind,
                            Shown.text(item, "evidenceSubject"));
                } else {
                    table.add(id, ShortNumbers.shown(serial), state, expires, kind);
                }
            }
            print(table);
            if (items.size() == limit) {
                note("only the first " + limit + ": --limit shows more, filters fewer");
            }
        }
    }

    @Command(
            name = "show",
            description = "One certificate: who got it, by which evidence, rule and profile.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  signet certificates show 6a2f...",
                "  signet certificates show 6a2f... --pem | signet inspect /dev/stdin"
            })
    static final class Show extends AdminCommand {

        @Parameters(
                paramLabel = "SERIAL",
                description = "Serial number, or its first 12 or more digits; colons allowed.")
        private String serial;

        @Option(
                names = "--pem",
                description = "Print the certificate itself, PEM, and nothing else.")
        private boolean pem;

        @Spec private CommandSpec spec;

        Show(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        void prepare() {
            if (pem && json()) {
                throw new ParameterException(spec.commandLine(), "--pem or --json, not both");
            }
            serial = ShortNumbers.serialDigits(spec, serial);
        }

        @Override
        int run(AdminClient client) {
            JsonNode answer =
                    client.send(AdminRequest.get(PATH + "/" + ShortNumbers.serial(client, serial)))
                            .body();
            if (json()) {
                printJson(answer);
            } else if (pem) {
                print(Shown.text(answer, "pem").strip());
            } else {
                JsonNode record = answer.path("record").isObject() ? answer.path("record") : answer;
                printFields(fields(record, answer));
            }
            return ExitCode.OK;
        }

        private static String notices(JsonNode answer) {
            List<String> notices = new ArrayList<>();
            answer.path("notices")
                    .forEach(notice ->
                            notices.add(
                                    Shown.text(notice, "code")
                                            + ": "
                                            + Shown.text(notice, "text")));
            return String.join("; ", notices);
        }

        private static List<String[]> fields(JsonNode record, JsonNode answer) {
            return List.of(
                    field("SPIFFE ID", Shown.text(record, "spiffeId")),
                    field("Serial number", Shown.text(record, "serialNumber")),
                    field("SHA-256", Shown.text(record, "sha256")),
                    field("Name", Shown.text(record, "subject")),
                    field("State", Shown.text(record, "state")),
                    field("Revoked", Shown.time(record, "revokedAt")),
                    field("Reason", Shown.text(record, "revocationReason")),
                    field("Issued", Shown.time(record, "issuedAt")),
                    field(
                            "Valid",
                            Shown.time(record, "notBefore")
                                    + " to "
                                    + Shown.time(record, "notAfter")),
                    field("Names", Shown.joined(member(record, answer, "names"))),
                    field("Evidence", Shown.text(record, "evidenceKind")),
                    field("Subject", Shown.text(record, "evidenceSubject")),
                    field("Attributes", Shown.joined(member(record, answer, "attributes"))),
                    field("Not given", notices(answer)),
                    field(
                            "Decided by",
                            "policy "
                                    + Shown.text(record, "policyVersion")
                                    + ", rule "
                                    + Shown.text(record, "policyRule")),
                    field("Profile", Shown.text(record, "profile")),
                    field("Authority", Shown.text(record, "authorityId")),
                    field("Replica", Shown.text(record, "replica")),
                    field("Public key", Shown.text(record, "keySha256")));
        }

        private static JsonNode member(JsonNode record, JsonNode answer, String name) {
            return record.path(name).isMissingNode() ? answer.path(name) : record.path(name);
        }

        private static String[] field(String name, String value) {
            return new String[] {name, Style.printable(value)};
        }
    }
}
