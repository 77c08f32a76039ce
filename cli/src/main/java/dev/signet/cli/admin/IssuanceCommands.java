package dev.signet.cli.admin;

import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminRequest;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import tools.jackson.databind.JsonNode;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// `signet issuance`.
@Command(
        name = "issuance",
        description = "Stop all issuance at once, and let it go on.",
        synopsisSubcommandLabel = "COMMAND")
public final class IssuanceCommands extends Group {

    private static final String PATH = "/v1/suspension";

    private IssuanceCommands() {}

    public static CommandLine commandLine(Terminal terminal, InstantSource clock) {
        return new CommandLine(new IssuanceCommands())
                .addSubcommand(new Status(terminal, clock))
                .addSubcommand(new Suspend(terminal, clock))
                .addSubcommand(new Resume(terminal, clock));
    }

    @Command(
            name = "status",
            description = "Whether issuance is suspended, since when, by whom, why.")
    static final class Status extends AdminCommand {

        Status(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            JsonNode state = client.send(AdminRequest.get(PATH)).body();
            if (json()) {
                printJson(state);
            } else if (state.path("suspended").asBoolean(false)) {
                print(terminal().outStyle().red("suspended"));
                printFields(
                        List.of(
                                new String[] {"Since", Shown.time(state, "since")},
                                new String[] {"By", Shown.actor(state, "by")},
                                new String[] {"Reason", Shown.text(state, "reason")}));
            } else {
                print(terminal().outStyle().green("not suspended"));
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "suspend",
            description = {
                "Suspend: no replica issues a certificate from within a second on.",
                "Whoever asks for one is told the reason. Certificates that are out stay good."
            },
            footerHeading = "%nExample:%n",
            footer = "  signet issuance suspend --reason 'incident 42: a leaked registration key'")
    static final class Suspend extends AdminCommand {

        @Mixin private ReasonOption reason;

        Suspend(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            return settled(
                    client.change(PATH, AdminRequest.put(PATH, Map.of("reason", reason.text()))),
                    "issuance is suspended");
        }
    }

    @Command(
            name = "resume",
            description = "Let issuance go on.",
            footerHeading = "%nExample:%n",
            footer = "  signet issuance resume --reason 'incident 42 is over'")
    static final class Resume extends AdminCommand {

        @Mixin private ReasonOption reason;

        Resume(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            return settled(
                    client.change(
                            PATH,
                            AdminRequest.post(PATH + "/resume", Map.of("reason", reason.text()))),
                    "issuance goes on");
        }
    }
}
