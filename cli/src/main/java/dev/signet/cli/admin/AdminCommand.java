package dev.signet.cli.admin;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.OutputOptions;
import dev.signet.cli.context.AdminOptions;
import dev.signet.cli.output.Json;
import dev.signet.cli.output.Style;
import dev.signet.cli.output.Table;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminAnswer;
import dev.signet.cli.remote.AdminClient;

import picocli.CommandLine.Mixin;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;

/// A command that speaks with the admin API.
abstract class AdminCommand implements Callable<Integer> {

    private final Terminal terminal;
    private final InstantSource clock;

    @Mixin private AdminOptions server;
    @Mixin private OutputOptions output;

    AdminCommand(Terminal terminal, InstantSource clock) {
        this.terminal = terminal;
        this.clock = clock;
    }

    /// @return the exit code
    abstract int run(AdminClient client) throws IOException;

    /// Looks at what needs no server; the command line may still be wrong.
    void prepare() throws IOException {}

    @Override
    public final Integer call() throws IOException {
        prepare();
        try (AdminClient client = server.connect(terminal, clock)) {
            boolean answered = true;
            try {
                return run(client);
            } catch (CommandFailedException e) {
                answered = e.exitCode() != ExitCode.UNREACHABLE;
                throw e;
            } finally {
                // Where no answer came there is no bundle either, only a second wait.
                if (answered) {
                    server.follow(client, terminal);
                }
            }
        }
    }

    final Terminal terminal() {
        return terminal;
    }

    final InstantSource clock() {
        return clock;
    }

    final boolean json() {
        return output.json();
    }

    final void printJson(Object value) {
        terminal.out().println(Json.write(value));
    }

    /// A result of one line.
    final void print(String line) {
        terminal.out().println(line);
    }

    /// A list, as wide as the screen.
    final void print(Table table) {
        if (table.print(terminal)) {
            note("shortened to fit the screen: --json, a pipe or a wider screen has it whole");
        }
    }

    /// Instead of a list without entries: a filter that matches nothing is no empty ledger.
    ///
    /// @param nothing said where there is no entry at all
    final void printEmpty(String nothing, boolean filtered) {
        terminal.err()
                .println(
                        filtered
                                ? "nothing matches these filters; without them the list may have"
                                        + " entries"
                                : nothing);
    }

    /// Beside the result: for people only.
    final void note(String line) {
        if (terminal.errIsTerminal()) {
            terminal.err().println(terminal.errStyle().dim(Style.printable(line)));
        }
    }

    /// Names and values in two columns, those without a value left out.
    final void printFields(List<String[]> fields) {
        int width = fields.stream().mapToInt(field -> field[0].length()).max().orElse(0);
        for (String[] field : fields) {
            if (!field[1].isEmpty()) {
                print(
                        terminal.outStyle().dim(field[0] + " ".repeat(width - field[0].length()))
                                + "  "
                                + Style.printable(field[1]));
            }
        }
    }

    /// Of a write: what was done, or that it waits.
    ///
    /// @param done said where it is done
    /// @return the exit code
    final int settled(AdminAnswer answer, String done) {
        JsonNode body = answer.body();
        if (json()) {
            printJson(body);
        } else if (answer.pending()) {
            String id = Shown.text(body, "id", "approvalId");
            print(
                    "waits for a second person: signet approvals approve "
                            + Style.printable(id)
                            + " --reason ...");
        } else {
            print(terminal.outStyle().green("✓") + "  " + Style.printable(done));
        }
        return answer.pending() ? ExitCode.PENDING : ExitCode.OK;
    }
}
