package dev.signet.cli.admin;

import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Table;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminRequest;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import tools.jackson.databind.JsonNode;

import java.time.InstantSource;
import java.util.Map;

/// `signet keys`, but for the doctor, who needs no server.
@Command(
        name = "keys",
        description = "How the CA's own private keys are kept; move them to another key.",
        synopsisSubcommandLabel = "COMMAND")
public final class KeyCommands extends Group {

    private static final String PATH = "/v1/keys";

    private KeyCommands() {}

    public static CommandLine commandLine(Terminal terminal, InstantSource clock) {
        return new CommandLine(new KeyCommands())
                .addSubcommand(new ListThem(terminal, clock))
                .addSubcommand(new Rewrap(terminal, clock));
    }

    @Command(
            name = "list",
            description = {
                "Which key is kept where, and which key-encryption key opens it.",
                "Key-encryption keys are named by their check, which tells nothing of them."
            })
    static final class ListThem extends AdminCommand {

        ListThem(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            JsonNode keys = client.send(AdminRequest.get(PATH)).body();
            if (json()) {
                printJson(keys);
                return ExitCode.OK;
            }
            Table table = new Table("AUTHORITY", "ROLE", "STATE", "KEPT", "OPENS HERE", "PROVEN");
            for (JsonNode key : keys.path("items")) {
                String token = Shown.text(key, "token");
                table.add(
                        Shown.text(key, "authorityId"),
                        Shown.text(key, "role"),
                        Shown.text(key, "state"),
                        token.isEmpty() ? "wrapped with " + Shown.text(key, "keyCheck") : token,
                        key.path("opensHere").asBoolean(false) ? "yes" : "no",
                        Shown.time(key, "provenAt"));
            }
            print(table);
            print("");
            Table replicas = new Table("REPLICA", "WRAPS WITH", "ALSO OPENS", "SEEN");
            for (JsonNode replica : keys.path("replicas")) {
                replicas.add(
                        Shown.text(replica, "replica"),
                        Shown.text(replica, "currentCheck"),
                        Shown.joined(replica.path("furtherChecks")),
                        Shown.time(replica, "seenAt"));
            }
            print(replicas);
            return ExitCode.OK;
        }
    }

    @Command(
            name = "rewrap",
            description = {
                "Wrap every key with the server's current key-encryption key, beside the old one.",
                "Safe at any time; doing it again does nothing more. docs/operating.md has the order"
                        + " of a whole change."
            },
            footerHeading = "%nExample:%n",
            footer = "  signet keys rewrap --reason 'yearly change, ticket 1234'")
    static final class Rewrap extends AdminCommand {

        @Mixin private ReasonOption reason;

        Rewrap(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            var answer =
                    client.send(
                            AdminRequest.post(PATH + "/rewrap", Map.of("reason", reason.text())));
            return settled(
                    answer,
                    answer.body().path("rewrapped").size()
                            + " keys wrapped anew, "
                            + Shown.text(answer.body(), "unchanged")
                            + " were before");
        }
    }
}
