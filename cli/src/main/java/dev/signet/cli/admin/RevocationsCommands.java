package dev.signet.cli.admin;

import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Table;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminPages;
import dev.signet.cli.remote.AdminRequest;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import tools.jackson.databind.JsonNode;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// `signet revocations`.
@Command(
        name = "revocations",
        aliases = "revocation",
        description = "What is revoked, and bulk revocations.",
        synopsisSubcommandLabel = "COMMAND")
public final class RevocationsCommands extends Group {

    private static final String PATH = "/v1/revocations";
    private static final String JOBS = "/v1/revocation-jobs";

    private RevocationsCommands() {}

    public static CommandLine commandLine(Terminal terminal, InstantSource clock) {
        return new CommandLine(new RevocationsCommands())
                .addSubcommand(new ListThem(terminal, clock))
                .addSubcommand(new Show(terminal, clock))
                .addSubcommand(new Jobs(terminal, clock))
                .addSubcommand(new Cancel(terminal, clock));
    }

    @Command(name = "list", description = "Revocations on record, the youngest first.")
    static final class ListThem extends AdminCommand {

        @Option(names = "--spiffe-id", paramLabel = "PREFIX", description = "Identity begins so.")
        private @Nullable String prefix;

        @Option(names = "--reason", paramLabel = "REASON", description = "As RFC 5280 says it.")
        private @Nullable String reason;

        @Option(names = "--job", paramLabel = "ID", description = "Part of this bulk revocation.")
        private @Nullable String job;

        @Option(
                names = "--limit",
                paramLabel = "N",
                description = "At most so many (default: ${DEFAULT-VALUE}).")
        private int limit = 100;

        @Spec private CommandSpec spec;

        ListThem(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        void prepare() {
            Limits.require(spec, limit);
        }

        @Override
        int run(AdminClient client) {
            List<JsonNode> items =
                    AdminPages.items(
                            client,
                            AdminRequest.get(PATH)
                                    .with("spiffeIdPrefix", prefix)
                                    .with("reason", reason)
                                    .with("jobId", job),
                            limit);
            if (json()) {
                printJson(items);
            } else if (items.isEmpty()) {
                printEmpty(
                        "no revocations on record",
                        prefix != null || reason != null || job != null);
            } else {
                Table table =
                        new Table("SERIAL", "SPIFFE ID", "REVOKED", "REASON", "BY").whole("SERIAL");
                for (JsonNode item : items) {
                    table.add(
                            serial(terminal(), item),
                            Shown.text(item, "spiffeId"),
                            Shown.time(item, "revokedAt"),
                            Shown.text(item, "reason"),
                            Shown.actor(item, "by"));
                }
                print(table);
            }
            return ExitCode.OK;
        }
    }

    /// On a screen its first digits, which `show` takes.
    private static String serial(Terminal terminal, JsonNode item) {
        String whole = Shown.text(item, "serialNumber");
        return terminal.outIsTerminal() ? ShortNumbers.shown(whole) : whole;
    }

    @Command(name = "show", description = "One revocation: who, when and why.")
    static final class Show extends AdminCommand {

        @Parameters(
                paramLabel = "SERIAL",
                description = "Serial number, or its first 12 or more digits; colons allowed.")
        private String serial;

        @Spec private CommandSpec spec;

        Show(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        void prepare() {
            serial = ShortNumbers.serialDigits(spec, serial);
        }

        @Override
        int run(AdminClient client) {
            JsonNode found =
                    client.send(AdminRequest.get(PATH + "/" + ShortNumbers.serial(client, serial)))
                            .body();
            if (json()) {
                printJson(found);
            } else {
                printFields(
                        List.of(
                                new String[] {"Serial number", Shown.text(found, "serialNumber")},
                                new String[] {"SPIFFE ID", Shown.text(found, "spiffeId")},
                                new String[] {"Revoked", Shown.time(found, "revokedAt")},
                                new String[] {"Reason", Shown.text(found, "reason")},
                                new String[] {"Comment", Shown.text(found, "comment")},
                                new String[] {"By", Shown.actor(found, "by")},
                                new String[] {"Job", Shown.text(found, "jobId")},
                                new String[] {"Expires", Shown.time(found, "notAfter")},
                                new String[] {"On record", Shown.text(found, "onRecord")},
                                new String[] {"Authority", Shown.text(found, "authorityId")},
                                new String[] {"Sequence", Shown.text(found, "sequence")}));
            }
            return ExitCode.OK;
        }
    }

    @Command(name = "jobs", description = "Bulk revocations, the youngest first.")
    static final class Jobs extends AdminCommand {

        @Option(
                names = "--limit",
                paramLabel = "N",
                description = "At most so many (default: ${DEFAULT-VALUE}).")
        private int limit = 20;

        @Spec private CommandSpec spec;

        Jobs(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        void prepare() {
            Limits.require(spec, limit);
        }

        @Override
        int run(AdminClient client) {
            List<JsonNode> items = AdminPages.items(client, AdminRequest.get(JOBS), limit);
            if (json()) {
                printJson(items);
            } else if (items.isEmpty()) {
                terminal().err().println("no bulk revocations on record");
            } else {
                Table table =
                        new Table("ID", "STATE", "REVOKED", "OF", "RATE", "BY", "SELECTOR")
                                .whole("ID");
                for (JsonNode item : items) {
                    table.add(
                            Shown.text(item, "id"),
                            Shown.text(item, "state"),
                            Shown.text(item, "revoked"),
                            Shown.text(item, "expected"),
                            Shown.text(item, "rate"),
                            Shown.actor(item, "by"),
                            Shown.joined(item.path("selector")));
                }
                print(table);
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "cancel",
            description = "End a bulk revocation; what it has revoked stays revoked.")
    static final class Cancel extends AdminCommand {

        @Parameters(paramLabel = "ID", description = "As `signet revocations jobs` shows it.")
        private String id;

        @Mixin private ReasonOption reason;

        Cancel(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            return settled(
                    client.send(
                            AdminRequest.post(
                                    JOBS + "/" + AdminRequest.segment(id) + "/cancellation",
                                    Map.of("reason", reason.text()))),
                    "the bulk revocation has ended");
        }
    }
}
