package dev.signet.cli.admin;

import dev.signet.cli.ExitCode;
import dev.signet.cli.admin.Moments.Direction;
import dev.signet.cli.output.Style;
import dev.signet.cli.output.Table;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminPages;
import dev.signet.cli.remote.AdminRequest;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import tools.jackson.databind.JsonNode;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// `signet refusals`.
@Command(
        name = "refusals",
        description = "Which requests were refused, and why.",
        synopsisSubcommandLabel = "COMMAND")
public final class RefusalCommands extends Group {

    private static final String TIME_HELP =
            "Then or later: 2026-01-31, 2026-01-31T12:00:00Z, or 2h: 2 hours ago"
                    + " (default: 24 hours before --before).";

    private RefusalCommands() {}

    public static CommandLine commandLine(Terminal terminal, InstantSource clock) {
        return new CommandLine(new RefusalCommands())
                .addSubcommand(new ListThem(terminal, clock))
                .addSubcommand(new Count(terminal, clock));
    }

    @Command(
            name = "list",
            description = {
                "Refused requests with requester, address, rule and cause, the newest first.",
                "On record about a minute after the refusal. Equal refusals of a minute are one"
                        + " entry; in a flood not every request is kept, see 'refusals count'."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  signet refusals list --spiffe-id spiffe://example.org/payments --from 2h",
                "  signet refusals list --code RATE_LIMITED --json"
            })
    static final class ListThem extends AdminCommand {

        @Option(
                names = "--spiffe-id",
                paramLabel = "PREFIX",
                description = "Filter by SPIFFE ID prefix.")
        private @Nullable String prefix;

        @Option(names = "--code", paramLabel = "CODE", description = "Filter by refusal code.")
        private @Nullable String code;

        @Option(
                names = "--subject",
                paramLabel = "TEXT",
                description = "Filter by verified evidence subject.")
        private @Nullable String subject;

        @Option(
                names = "--address",
                paramLabel = "IP",
                description = "Filter by the address of the requester.")
        private @Nullable String address;

        @Option(names = "--from", paramLabel = "TIME", description = TIME_HELP)
        private @Nullable String from;

        @Option(names = "--before", paramLabel = "TIME", description = "Before (default: now).")
        private @Nullable String before;

        @Option(
                names = "--limit",
                paramLabel = "N",
                description = "Maximum number of entries (default: ${DEFAULT-VALUE}).")
        private int limit = 100;

        @Spec private CommandSpec spec;

        private AdminRequest request = AdminRequest.get("/v1/refusals");

        ListThem(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        void prepare() {
            Limits.require(spec, limit);
            request =
                    request.with("spiffeIdPrefix", prefix)
                            .with("code", code)
                            .with("subject", subject)
                            .with("address", address)
                            .with(
                                    "from",
                                    Moments.read(spec, clock(), Direction.AGO, "--from", from))
                            .with(
                                    "before",
                                    Moments.read(spec, clock(), Direction.AGO, "--before", before));
        }

        @Override
        int run(AdminClient client) {
            List<JsonNode> refusals = AdminPages.items(client, request, limit);
            if (json()) {
                printJson(refusals);
                return ExitCode.OK;
            }
            if (refusals.isEmpty()) {
                terminal().err().println("no refusals on record that match");
                return ExitCode.OK;
            }
            refusals.forEach(this::printRefusal);
            return ExitCode.OK;
        }

        private void printRefusal(JsonNode refusal) {
            Style style = terminal().outStyle();
            long count = refusal.path("count").asLong(1);
            print(
                    Shown.time(refusal, "at")
                            + "  "
                            + style.red(safe(Shown.text(refusal, "code")))
                            + "  "
                            + style.bold(safe(orDash(Shown.text(refusal, "spiffeId"))))
                            + (count > 1
                                    ? "  " + count + " times until " + Shown.time(refusal, "lastAt")
                                    : ""));
            List<String> parts = new ArrayList<>();
            part(parts, "", Shown.text(refusal, "kind"));
            part(parts, "subject ", Shown.text(refusal, "subject"));
            if (!refusal.path("verified").asBoolean(true)) {
                parts.add("not verified");
            }
            part(parts, "from ", Shown.text(refusal, "address"));
            part(parts, "names ", Shown.text(refusal, "names"));
            part(parts, "rule ", Shown.text(refusal, "rule"));
            part(parts, "policy ", Shown.text(refusal, "policyVersion"));
            part(parts, "request ", Shown.text(refusal, "requestId"));
            part(parts, "replica ", Shown.text(refusal, "replica"));
            print("    " + style.dim(safe(String.join(", ", parts))));
            detail(Shown.text(refusal, "message"));
            detail(Shown.text(refusal, "diagnosis"));
        }

        private void detail(String text) {
            if (!text.isEmpty()) {
                print("    " + safe(text));
            }
        }

        private static void part(List<String> parts, String label, String text) {
            if (!text.isEmpty()) {
                parts.add(label + text);
            }
        }
    }

    @Command(
            name = "count",
            description = "Number of refusals a minute, by code, evidence kind and rule.",
            footerHeading = "%nExamples:%n",
            footer = {"  signet refusals count --from 1h"})
    static final class Count extends AdminCommand {

        @Option(names = "--from", paramLabel = "TIME", description = TIME_HELP)
        private @Nullable String from;

        @Option(names = "--before", paramLabel = "TIME", description = "Before (default: now).")
        private @Nullable String before;

        @Spec private CommandSpec spec;

        private AdminRequest request = AdminRequest.get("/v1/refusal-counts");

        Count(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        void prepare() {
            request =
                    request.with("from", Moments.read(spec, clock(), Direction.AGO, "--from", from))
                            .with(
                                    "before",
                                    Moments.read(spec, clock(), Direction.AGO, "--before", before));
        }

        @Override
        int run(AdminClient client) {
            JsonNode counts = client.send(request).body().path("items");
            if (json()) {
                printJson(counts);
                return ExitCode.OK;
            }
            if (counts.isEmpty()) {
                terminal().err().println("no refusals on record in this time");
                return ExitCode.OK;
            }
            Table table = new Table("MINUTE", "COUNT", "CODE", "KIND", "RULE", "REPLICA");
            for (JsonNode count : counts) {
                table.add(
                        Shown.time(count, "minute"),
                        Shown.text(count, "count"),
                        Shown.text(count, "code"),
                        Shown.text(count, "kind"),
                        Shown.text(count, "detail"),
                        Shown.text(count, "replica"));
            }
            table.print(terminal().out(), terminal().outStyle(), "");
            return ExitCode.OK;
        }
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    private static String safe(String text) {
        return Style.printable(text);
    }
}
