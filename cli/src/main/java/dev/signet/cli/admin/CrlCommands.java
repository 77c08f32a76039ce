package dev.signet.cli.admin;

import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Table;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminRequest;

import picocli.CommandLine;
import picocli.CommandLine.Command;

import tools.jackson.databind.JsonNode;

import java.time.InstantSource;

/// `signet crl`.
@Command(
        name = "crl",
        description = "Certificate revocation lists.",
        synopsisSubcommandLabel = "COMMAND")
public final class CrlCommands extends Group {

    private static final int SHORT_ID = 16;

    private CrlCommands() {}

    public static CommandLine commandLine(Terminal terminal, InstantSource clock) {
        return new CommandLine(new CrlCommands()).addSubcommand(new ListThem(terminal, clock));
    }

    @Command(
            name = "list",
            description = {
                "The CRLs that the server hands out.",
                "Anybody fetches them from its plain HTTP port, at PATH or URL of --json;",
                "all full ones in one PEM file: /crl/full.pem (docs/servers.md)."
            })
    static final class ListThem extends AdminCommand {

        ListThem(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            JsonNode items = client.send(AdminRequest.get("/v1/crls")).body().path("items");
            if (json()) {
                printJson(items);
                return ExitCode.OK;
            }
            Table table =
                    new Table(
                            "AUTHORITY",
                            "SHARD",
                            "NUMBER",
                            "THIS UPDATE",
                            "NEXT UPDATE",
                            "ENTRIES",
                            "BYTES");
            for (JsonNode item : items) {
                String authority = Shown.text(item, "authorityId");
                table.add(
                        authority.substring(0, Math.min(SHORT_ID, authority.length())),
                        item.path("shard").asInt(-1) == 0 ? "full" : Shown.text(item, "shard"),
                        Shown.text(item, "number"),
                        Shown.time(item, "thisUpdate"),
                        Shown.time(item, "nextUpdate"),
                        Shown.text(item, "entries"),
                        Shown.text(item, "bytes"));
            }
            print(table);
            return ExitCode.OK;
        }
    }
}
