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
import java.util.List;
import java.util.Locale;

/// `signet authorities`.
@Command(
        name = "authorities",
        aliases = "authority",
        description = {
            "Roots and issuing CAs: see them, and change what signs.",
            "An issuing CA or root is prepared, then active, then retired; revoked for good."
        },
        synopsisSubcommandLabel = "COMMAND")
public final class AuthoritiesCommands extends Group {

    static final String PATH = "/v1/authorities";

    private AuthoritiesCommands() {}

    public static CommandLine commandLine(Terminal terminal, InstantSource clock) {
        return new CommandLine(new AuthoritiesCommands())
                .addSubcommand(new ListThem(terminal, clock))
                .addSubcommand(new Show(terminal, clock))
                .addSubcommand(new Readiness(terminal, clock))
                .addSubcommand(new AuthorityActCommands.Prepare(terminal, clock))
                .addSubcommand(new AuthorityActCommands.PrepareRoot(terminal, clock))
                .addSubcommand(new AuthorityIntakeCommands.Request(terminal, clock))
                .addSubcommand(new AuthorityIntakeCommands.Accept(terminal, clock))
                .addSubcommand(new AuthorityIntakeCommands.Import(terminal, clock))
                .addSubcommand(new AuthorityActCommands.Activate(terminal, clock))
                .addSubcommand(new AuthorityActCommands.RollBack(terminal, clock))
                .addSubcommand(new AuthorityActCommands.Retire(terminal, clock))
                .addSubcommand(new AuthorityActCommands.Revoke(terminal, clock));
    }

    @Command(name = "list", description = "All of them, roots first, and how the rotation stands.")
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
            Table table = new Table("ID", "ROLE", "STATE", "UNTIL", "KEY", "SUBJECT").whole("ID");
            for (JsonNode item : items) {
                table.add(
                        ShortNumbers.shown(Shown.text(item, "id")),
                        Shown.text(item, "role"),
                        Shown.text(item, "state"),
                        Shown.time(item, "notAfter"),
                        item.path("keyHere").asBoolean(false) ? "here" : "elsewhere",
                        Shown.text(item, "subject"));
            }
            print(table);
            JsonNode rotation = client.send(AdminRequest.get("/v1/rotation")).body();
            String warning = Shown.text(rotation, "warning");
            String doing = Shown.text(rotation, "doing");
            if (!warning.isEmpty()) {
                note("rotation: " + warning);
            } else if (!doing.isEmpty()) {
                note("rotation: " + doing);
            }
            return ExitCode.OK;
        }
    }

    @Command(name = "show", description = "One of them, with its certificate.")
    static final class Show extends AdminCommand {

        @Parameters(paramLabel = "ID", description = "Its id, or at least 8 digits of it.")
        private String id;

        Show(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            JsonNode authority =
                    client.send(AdminRequest.get(PATH + "/" + ShortNumbers.authority(client, id)))
                            .body();
            if (json()) {
                printJson(authority);
                return ExitCode.OK;
            }
            printFields(
                    List.of(
                            new String[] {"Id", Shown.text(authority, "id")},
                            new String[] {"Role", Shown.text(authority, "role")},
                            new String[] {"State", Shown.text(authority, "state")},
                            new String[] {"Subject", Shown.text(authority, "subject")},
                            new String[] {"Signed by", Shown.text(authority, "issuerId")},
                            new String[] {"From", Shown.time(authority, "notBefore")},
                            new String[] {"Until", Shown.time(authority, "notAfter")}));
            print(Shown.text(authority, "pem").strip());
            return ExitCode.OK;
        }
    }

    @Command(
            name = "readiness",
            description = {
                "Whether enough clients know the root of a prepared issuing CA, and who does not.",
                "Ends with code 5 while there are too few."
            })
    static final class Readiness extends AdminCommand {

        @Parameters(paramLabel = "ID", description = "Its id, or at least 8 digits of it.")
        private String id;

        Readiness(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            JsonNode readiness = readiness(client, ShortNumbers.authority(client, id));
            boolean ready = readiness.path("ready").asBoolean(false);
            if (json()) {
                printJson(readiness);
                return ready ? ExitCode.OK : ExitCode.ANSWER_IS_NO;
            }
            print((ready ? "ready: " : "not ready: ") + told(readiness));
            Table table = new Table("PENDING CLIENT", "CERTIFICATES", "HEARD OF", "VERSION");
            for (JsonNode pendingClient : readiness.path("pendingClients")) {
                table.add(
                        Shown.text(pendingClient, "spiffeId"),
                        Shown.text(pendingClient, "certificates"),
                        Shown.text(pendingClient, "heard"),
                        Shown.text(pendingClient, "version"));
            }
            if (!readiness.path("pendingClients").isEmpty()) {
                print(table);
            }
            return ready ? ExitCode.OK : ExitCode.ANSWER_IS_NO;
        }
    }

    static JsonNode readiness(AdminClient client, String id) {
        return client.send(AdminRequest.get(PATH + "/" + id + "/readiness")).body();
    }

    static String told(JsonNode readiness) {
        if (readiness.path("knownRoot").asBoolean(false)) {
            return "its root is the one that all know";
        }
        return String.format(
                Locale.ROOT,
                "%d of %s identities know its root, %.2f %% (needed: %.2f %%): %s say so, %s were told"
                        + " with their newest certificate",
                readiness.path("acknowledged").asLong(0) + readiness.path("renewed").asLong(0),
                Shown.text(readiness, "identities"),
                100 * readiness.path("share").asDouble(0),
                100 * readiness.path("requiredShare").asDouble(0),
                Shown.text(readiness, "acknowledged"),
                Shown.text(readiness, "renewed"));
    }
}
