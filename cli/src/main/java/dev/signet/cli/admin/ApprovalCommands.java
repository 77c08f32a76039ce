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
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// `signet approvals`.
@Command(
        name = "approvals",
        aliases = "approval",
        description = "Acts that wait for a second person.",
        synopsisSubcommandLabel = "COMMAND")
public final class ApprovalCommands extends Group {

    private static final String PATH = "/v1/approvals";
    private static final int MOST = 1000;

    private ApprovalCommands() {}

    public static CommandLine commandLine(Terminal terminal, InstantSource clock) {
        return new CommandLine(new ApprovalCommands())
                .addSubcommand(new ListThem(terminal, clock))
                .addSubcommand(new Show(terminal, clock))
                .addSubcommand(new Approve(terminal, clock))
                .addSubcommand(new Reject(terminal, clock));
    }

    private static String path(String id) {
        return PATH + "/" + AdminRequest.segment(id);
    }

    @Command(name = "list", description = "What waits, or waited; the youngest first.")
    static final class ListThem extends AdminCommand {

        @Option(
                names = "--state",
                paramLabel = "STATE",
                description = "pending, approved, rejected or expired.")
        private @Nullable String state;

        ListThem(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            List<JsonNode> items =
                    AdminPages.items(client, AdminRequest.get(PATH).with("state", state), MOST);
            if (json()) {
                printJson(items);
                return ExitCode.OK;
            }
            if (items.isEmpty()) {
                printEmpty("no approvals", state != null);
                return ExitCode.OK;
            }
            Table table =
                    new Table("ID", "STATE", "ACT", "TARGET", "PROPOSED BY", "EXPIRES", "REASON")
                            .whole("ID");
            for (JsonNode item : items) {
                table.add(
                        Shown.text(item, "id"),
                        Shown.text(item, "state"),
                        Shown.text(item, "act"),
                        Shown.text(item, "target"),
                        Shown.actor(item, "proposedBy"),
                        Shown.time(item, "expiresAt"),
                        Shown.text(item, "reason"));
            }
            print(table);
            return ExitCode.OK;
        }
    }

    @Command(name = "show", description = "One act that waits, or waited.")
    static final class Show extends AdminCommand {

        @Parameters(paramLabel = "ID", description = "As `signet approvals list` shows it.")
        private String id;

        Show(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            JsonNode approval = client.send(AdminRequest.get(path(id))).body();
            if (json()) {
                printJson(approval);
            } else {
                printFields(
                        List.of(
                                new String[] {"Id", Shown.text(approval, "id")},
                                new String[] {"State", Shown.text(approval, "state")},
                                new String[] {"Act", Shown.text(approval, "act")},
                                new String[] {"Target", Shown.text(approval, "target")},
                                new String[] {"Reason", Shown.text(approval, "reason")},
                                new String[] {"Proposed by", Shown.actor(approval, "proposedBy")},
                                new String[] {"Proposed", Shown.time(approval, "proposedAt")},
                                new String[] {"Expires", Shown.time(approval, "expiresAt")},
                                new String[] {"Decided by", Shown.actor(approval, "decidedBy")},
                                new String[] {"Decided", Shown.time(approval, "decidedAt")},
                                new String[] {"Because", Shown.text(approval, "decisionReason")}));
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "approve",
            description = "Let it be done. Whoever proposed it cannot.",
            footerHeading = "%nExample:%n",
            footer = "  signet approvals approve 0197... --reason 'read it, replayed it'")
    static final class Approve extends AdminCommand {

        @Parameters(paramLabel = "ID", description = "As `signet approvals list` shows it.")
        private String id;

        @Mixin private ReasonOption reason;

        Approve(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            return settled(
                    client.send(
                            AdminRequest.post(
                                    path(id) + "/approval", Map.of("reason", reason.text()))),
                    "approved and done");
        }
    }

    @Command(name = "reject", description = "End it; whoever proposed it may, too.")
    static final class Reject extends AdminCommand {

        @Parameters(paramLabel = "ID", description = "As `signet approvals list` shows it.")
        private String id;

        @Mixin private ReasonOption reason;

        Reject(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            return settled(
                    client.send(
                            AdminRequest.post(
                                    path(id) + "/rejection", Map.of("reason", reason.text()))),
                    "rejected");
        }
    }
}
