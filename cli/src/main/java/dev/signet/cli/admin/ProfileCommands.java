package dev.signet.cli.admin;

import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Table;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminRequest;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `signet profiles`.
@Command(
        name = "profiles",
        aliases = "profile",
        description = "What certificates are made like.",
        synopsisSubcommandLabel = "COMMAND")
public final class ProfileCommands extends Group {

    private static final String PATH = "/v1/profiles";

    private ProfileCommands() {}

    public static CommandLine commandLine(Terminal terminal, InstantSource clock) {
        return new CommandLine(new ProfileCommands())
                .addSubcommand(new ListThem(terminal, clock))
                .addSubcommand(new Show(terminal, clock));
    }

    @Command(
            name = "list",
            description = "The profiles built into the server; a policy may have more.")
    static final class ListThem extends AdminCommand {

        ListThem(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            JsonNode items = client.send(AdminRequest.get(PATH)).body().path("items");
            if (json()) {
                printJson(items);
                return ExitCode.OK;
            }
            Table table = new Table("NAME", "VERSION", "KEY USAGE", "EXTENDED KEY USAGE", "CA");
            for (JsonNode item : items) {
                String pathLength = Shown.text(item, "pathLength");
                table.add(
                        Shown.text(item, "name"),
                        Shown.text(item, "version"),
                        Shown.joined(item.path("keyUsages")),
                        Shown.joined(item.path("extendedKeyUsages")),
                        pathLength.isEmpty() ? "no" : "path length " + pathLength);
            }
            print(table);
            return ExitCode.OK;
        }
    }

    @Command(name = "show", description = "Everything that a profile says.")
    static final class Show extends AdminCommand {

        @Parameters(paramLabel = "NAME", description = "As `signet profiles list` shows it.")
        private String name;

        Show(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            JsonNode profile =
                    client.send(AdminRequest.get(PATH + "/" + AdminRequest.segment(name))).body();
            if (json()) {
                printJson(profile);
                return ExitCode.OK;
            }
            List<String[]> fields = new ArrayList<>();
            for (Map.Entry<String, JsonNode> member : profile.properties()) {
                fields.add(new String[] {member.getKey(), Shown.joined(member.getValue())});
            }
            printFields(fields);
            return ExitCode.OK;
        }
    }
}
