package dev.signet.cli.admin;

import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Style;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminRequest;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;

/// `signet policy validate`.
@Command(
        name = "validate",
        description = {
            "Check a document as the server would when it is stored; nothing is written.",
            "Findings are FILE:LINE:COLUMN: SEVERITY: MESSAGE. Exit code 0: it would be accepted, 5:"
                    + " it would not."
        },
        footerHeading = "%nExample:%n",
        footer = "  signet policy validate policy.yaml")
final class PolicyValidate extends AdminCommand {

    @Parameters(paramLabel = "FILE", description = "Policy document, YAML; - reads stdin.")
    private Path file;

    private String document = "";

    PolicyValidate(Terminal terminal, InstantSource clock) {
        super(terminal, clock);
    }

    @Override
    void prepare() throws IOException {
        document = PolicyFile.read(file);
    }

    @Override
    int run(AdminClient client) {
        JsonNode answer =
                client.send(
                                AdminRequest.ask(
                                                PolicyCommands.PATH + "/validation",
                                                Map.of("document", document))
                                        .about(file.toString()))
                        .body();
        boolean accepted = answer.path("accepted").asBoolean(false);
        if (json()) {
            printJson(answer);
        } else {
            answer.path("findings").forEach(this::print);
            Style style = terminal().errStyle();
            terminal()
                    .err()
                    .println(
                            accepted
                                    ? style.green("✓") + "  accepted"
                                    : style.red("✗") + "  not accepted");
        }
        return accepted ? ExitCode.OK : ExitCode.ANSWER_IS_NO;
    }

    private void print(JsonNode finding) {
        Style style = terminal().outStyle();
        String severity = Shown.text(finding, "severity").toLowerCase(Locale.ROOT);
        print(
                Style.printable(
                                file
                                        + ":"
                                        + Shown.text(finding, "line")
                                        + ":"
                                        + Shown.text(finding, "column"))
                        + ": "
                        + (severity.equals("error") ? style.red(severity) : style.yellow(severity))
                        + ": "
                        + Style.printable(Shown.text(finding, "message")));
    }
}
