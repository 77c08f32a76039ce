package dev.signet.cli.admin;

import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminRequest;

import picocli.CommandLine.Command;

import tools.jackson.databind.JsonNode;

import java.time.InstantSource;
import java.util.List;

/// `signet whoami`.
@Command(
        name = "whoami",
        description = "Who the server takes you for, your roles, and what they permit.")
public final class WhoAmI extends AdminCommand {

    public WhoAmI(Terminal terminal, InstantSource clock) {
        super(terminal, clock);
    }

    @Override
    int run(AdminClient client) {
        JsonNode me = client.send(AdminRequest.get("/v1/me")).body();
        if (json()) {
            printJson(me);
        } else {
            printFields(
                    List.of(
                            new String[] {"Subject", Shown.text(me, "subject")},
                            new String[] {"Proved by", Shown.text(me, "kind")},
                            new String[] {"From", Shown.text(me, "address")},
                            new String[] {"Roles", Shown.joined(me.path("roles"))},
                            new String[] {"May", Shown.joined(me.path("permissions"))}));
        }
        return ExitCode.OK;
    }
}
