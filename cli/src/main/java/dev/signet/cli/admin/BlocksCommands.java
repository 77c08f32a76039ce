package dev.signet.cli.admin;

import dev.signet.cli.ExitCode;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import tools.jackson.databind.JsonNode;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// `signet blocks`.
@Command(
        name = "blocks",
        aliases = "block",
        description = "Identities that get no certificate until they are released.",
        synopsisSubcommandLabel = "COMMAND")
public final class BlocksCommands extends Group {

    private static final String PATH = "/v1/blocks";

    private BlocksCommands() {}

    public static CommandLine commandLine(Terminal terminal, InstantSource clock) {
        return new CommandLine(new BlocksCommands())
                .addSubcommand(new ListThem(terminal, clock))
                .addSubcommand(new Create(terminal, clock))
                .addSubcommand(new Release(terminal, clock));
    }

    @Command(name = "list", description = "Blocks, the youngest first.")
    static final class ListThem extends AdminCommand {

        @Option(names = "--all", description = "Those that were released, too.")
        private boolean all;

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
                            AdminRequest.get(PATH).with("state", all ? "" : "in-force"),
                            limit);
            if (json()) {
                printJson(items);
            } else if (items.isEmpty()) {
                terminal()
                        .err()
                        .println(
                                all
                                        ? "nothing was ever blocked"
                                        : "nothing is blocked; --all shows released blocks");
            } else {
                Table table = new Table("NUMBER", "TARGET", "STATE", "SINCE", "BY", "REASON");
                for (JsonNode item : items) {
                    table.add(
                            Shown.text(item, "number"),
                            Shown.text(item, "target"),
                            Shown.text(item, "state"),
                            Shown.time(item, "blockedAt"),
                            Shown.actor(item, "by"),
                            Shown.text(item, "reason"));
                }
                print(table);
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "create",
            description = "Block an identity, or all below a path. What is out stays good.",
            footerHeading = "%nExample:%n",
            footer = "  signet blocks create spiffe://signet.local/ns/shop/ --reason 'incident 42'")
    static final class Create extends AdminCommand {

        @Parameters(
                paramLabel = "TARGET",
                description = "SPIFFE ID; with a slash at the end: all below it.")
        private String target;

        @Mixin private ReasonOption reason;

        Create(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            return settled(
                    client.send(
                            AdminRequest.post(
                                    PATH, Map.of("target", target, "reason", reason.text()))),
                    "blocked " + target);
        }
    }

    @Command(name = "release", description = "Let a blocked identity have certificates again.")
    static final class Release extends AdminCommand {

        @Parameters(paramLabel = "NUMBER", description = "As `signet blocks list` shows it.")
        private String number;

        @Mixin private ReasonOption reason;

        Release(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            return settled(
                    client.send(
                            AdminRequest.post(
                                    PATH + "/" + AdminRequest.segment(number) + "/release",
                                    Map.of("reason", reason.text()))),
                    "released block " + number);
        }
    }
}
