package dev.signet.cli.admin;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Json;
import dev.signet.cli.output.Style;
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
import picocli.CommandLine.Spec;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/// `signet audit`.
@Command(
        name = "audit",
        description = "Who did what, and why.",
        synopsisSubcommandLabel = "COMMAND")
public final class AuditCommands extends Group {

    private AuditCommands() {}

    public static CommandLine commandLine(Terminal terminal, InstantSource clock) {
        return new CommandLine(new AuditCommands())
                .addSubcommand(new ListThem(terminal, clock))
                .addSubcommand(new Tail(terminal, clock));
    }

    private static String outcome(JsonNode event) {
        String refusal = Shown.text(event, "refusal");
        return refusal.isEmpty() ? Shown.text(event, "outcome") : refusal;
    }

    @Command(
            name = "list",
            description = "Audit events, the youngest first.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  signet audit list --act policy.activate",
                "  signet audit list --from 24h --outcome refused --json"
            })
    static final class ListThem extends AdminCommand {

        @Mixin private AuditFilter filter;

        @Option(
                names = "--limit",
                paramLabel = "N",
                description = "At most so many (default: ${DEFAULT-VALUE}).")
        private int limit = 100;

        @Spec private CommandSpec spec;

        ListThem(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        private AdminRequest request = AuditFilter.ALL;

        @Override
        void prepare() {
            Limits.require(spec, limit);
            request = filter.request(clock());
        }

        @Override
        int run(AdminClient client) {
            List<JsonNode> events = AdminPages.items(client, request, limit);
            if (json()) {
                printJson(events);
                return ExitCode.OK;
            }
            if (events.isEmpty()) {
                printEmpty("no audit events", filter.given());
                return ExitCode.OK;
            }
            Table table = new Table("TIME", "ACT", "TARGET", "OUTCOME", "ACTOR", "REASON");
            for (JsonNode event : events) {
                table.add(
                        Shown.time(event, "at"),
                        Shown.text(event, "act"),
                        Shown.text(event, "target"),
                        outcome(event),
                        Shown.actor(event, "actor"),
                        Shown.text(event, "reason"));
            }
            print(table);
            return ExitCode.OK;
        }
    }

    @Command(
            name = "tail",
            description = {
                "The latest audit events, the youngest last.",
                "With --json one event a line, for other programs."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  signet audit tail --follow",
                "  signet audit tail -n 0 --follow --json | jq ."
            })
    static final class Tail extends AdminCommand {

        private static final Duration EVERY = Duration.ofSeconds(1);
        private static final int PAGE = 1000;

        @Mixin private AuditFilter filter;

        @Option(
                names = "-n",
                paramLabel = "N",
                description = "So many to begin with, 0 to 1000 (default: ${DEFAULT-VALUE}).")
        private int count = 20;

        @Option(
                names = {"-f", "--follow"},
                description = "Go on with those that come, until Ctrl-C.")
        private boolean follow;

        @Spec private CommandSpec spec;

        Tail(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        private AdminRequest request = AuditFilter.ALL;

        @Override
        void prepare() {
            if (count < 0 || count > PAGE) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "-n: " + count + " (expected: 0 to 1000)");
            }
            request = filter.request(clock());
        }

        @Override
        int run(AdminClient client) {
            // Also with -n 0: where to go on from is known by the youngest.
            List<JsonNode> latest = AdminPages.items(client, request, Math.max(1, count));
            List<JsonNode> shown = latest.subList(0, Math.min(count, latest.size())).reversed();
            shown.forEach(this::printLine);
            long after = latest.isEmpty() ? 0 : latest.getFirst().path("id").asLong(0);
            while (follow && !terminal().out().checkError()) {
                JsonNode more =
                        client.send(request.with("after", after).with("limit", PAGE))
                                .body()
                                .path("items");
                for (JsonNode event : more) {
                    printLine(event);
                    after = Math.max(after, event.path("id").asLong(0));
                }
                if (more.size() < PAGE) {
                    sleep();
                }
            }
            return ExitCode.OK;
        }

        private static void sleep() {
            try {
                Thread.sleep(EVERY);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandFailedException("INTERRUPTED", "interrupted");
            }
        }

        private void printLine(JsonNode event) {
            if (json()) {
                print(Json.writeLine(event));
                return;
            }
            Style style = terminal().outStyle();
            boolean refused = !Shown.text(event, "refusal").isEmpty();
            String reason = Shown.text(event, "reason");
            print(
                    style.dim(Shown.time(event, "at"))
                            + "  "
                            + (refused ? style.red(safe(outcome(event))) : style.green("done"))
                            + "  "
                            + style.bold(safe(Shown.text(event, "act")))
                            + "  "
                            + safe(Shown.text(event, "target"))
                            + "  "
                            + style.dim("by ")
                            + safe(Shown.actor(event, "actor"))
                            + (reason.isEmpty() ? "" : style.dim(": ") + safe(reason)));
        }

        private static String safe(String text) {
            return Style.printable(text);
        }
    }
}
