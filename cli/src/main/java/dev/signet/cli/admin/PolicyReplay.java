package dev.signet.cli.admin;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.admin.Moments.Direction;
import dev.signet.cli.output.Json;
import dev.signet.cli.output.Progress;
import dev.signet.cli.output.Style;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminLines;
import dev.signet.cli.remote.AdminRequest;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `signet policy replay`.
@Command(
        name = "replay",
        description = {
            "Decide what was issued in a period anew by another policy, and list what would have been"
                    + " different. Nothing is issued.",
            "Exit code 0: nothing would, 5: something would. --json: a line for each difference, then"
                    + " the summary."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signet policy replay policy.yaml --from 30d",
            "  signet policy replay 4 --from 2026-01-01 --to 2026-02-01 --json > differences.ndjson"
        })
final class PolicyReplay extends AdminCommand {

    private static final int BAR = 24;

    @Parameters(
            paramLabel = "FILE|VERSION",
            description = "A document, or the number of a version.")
    private String policy;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "TIME",
            description =
                    "Issued then or later: 2026-01-31, 2026-01-31T12:00:00Z, or 7d: 7 days ago.")
    private String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Issued before (default: now).")
    private String to = "now";

    @Option(
            names = "--max-differences",
            paramLabel = "N",
            description = "List so many at most (default: ${DEFAULT-VALUE}); all are counted.")
    private int most = 1000;

    @Spec private CommandSpec spec;

    private final Map<String, Object> body = new LinkedHashMap<>();
    private @Nullable String document;
    private @Nullable JsonNode summary;
    private boolean headed;

    PolicyReplay(Terminal terminal, InstantSource clock) {
        super(terminal, clock);
    }

    @Override
    void prepare() throws IOException {
        if (policy.equals("active")) {
            throw new ParameterException(
                    spec.commandLine(), "a file or a number (`signet policy list` shows them)");
        }
        put(body, "issuedFrom", Moments.read(spec, clock(), Direction.AGO, "--from", from));
        put(body, "issuedBefore", Moments.read(spec, clock(), Direction.AGO, "--to", to));
        body.put("maxDifferences", most);
        document = PolicyFile.isVersion(policy) ? null : PolicyFile.read(Path.of(policy));
        put(body, "document", document);
    }

    @Override
    int run(AdminClient client) throws IOException {
        String version = document == null ? policy : "candidate";
        AdminRequest request =
                AdminRequest.ask(PolicyCommands.PATH + "/" + version + "/replay", body)
                        .about(document == null ? null : policy);
        try (Progress progress = new Progress(terminal())) {
            progress.begin("Replaying");
            client.stream(
                    request,
                    "application/x-ndjson",
                    in -> AdminLines.read(in, line -> take(line, progress)));
        }
        if (summary == null) {
            throw new CommandFailedException(
                    ExitCode.UNREACHABLE,
                    "INCOMPLETE",
                    "the replay ended before its end; what was listed is not all",
                    null);
        }
        return end(summary);
    }

    private static void put(Map<String, Object> body, String name, @Nullable String value) {
        if (value != null) {
            body.put(name, value);
        }
    }

    private void take(JsonNode line, Progress progress) {
        switch (Shown.text(line, "type")) {
            case "progress" -> progress.count(bar(line));
            case "difference" -> {
                if (json()) {
                    print(Json.writeLine(line));
                } else {
                    progress.pause(() -> difference(line));
                }
            }
            case "summary" -> summary = line;
            default -> {
                // A later server may say more than this command knows of.
            }
        }
    }

    private static String bar(JsonNode progress) {
        long done = progress.path("replayed").asLong(0);
        long total = progress.path("estimated").asLong(0);
        if (total <= 0 || done > total) {
            return "%,d".formatted(done);
        }
        int full = (int) (done * BAR / total);
        return "━".repeat(full)
                + "╌".repeat(BAR - full)
                + " %d %%  %,d of %,d".formatted(done * 100 / total, done, total);
    }

    private void difference(JsonNode line) {
        Style style = terminal().outStyle();
        if (!headed) {
            headed = true;
            print(style.dim(row("CHANGE", "ISSUED", "SERIAL", "SPIFFE ID", "WHAT")));
        }
        print(
                row(
                        Shown.text(line, "change"),
                        Shown.time(line, "issuedAt"),
                        ShortNumbers.shown(Shown.text(line, "serialNumber")),
                        Shown.text(line, "spiffeId"),
                        what(line)));
    }

    /// Columns as wide as they mostly need be: lines are printed as they come.
    private static String row(String change, String issued, String serial, String id, String what) {
        return Style.printable(
                "%-13s  %-20s  %-9s  %-44s  %s".formatted(change, issued, serial, id, what));
    }

    /// What the candidate says instead; of two grants, where they differ.
    private static String what(JsonNode line) {
        JsonNode now = line.path("before");
        JsonNode then = line.path("after");
        String denial = Shown.text(then, "code");
        if (!denial.isEmpty()) {
            return denial + ": " + Shown.text(then, "message");
        }
        List<String> parts = new ArrayList<>();
        for (Map.Entry<String, JsonNode> member : then.properties()) {
            String was = Shown.joined(now.path(member.getKey()));
            String is = Shown.joined(member.getValue());
            if (!was.equals(is)) {
                parts.add(member.getKey() + ": " + (was.isEmpty() ? "" : was + " → ") + is);
            }
        }
        return String.join(", ", parts);
    }

    private int end(JsonNode end) {
        boolean same = end.path("replayed").asLong(0) == end.path("unchanged").asLong(0);
        if (json()) {
            print(Json.writeLine(end));
        } else {
            if (headed) {
                print("");
            }
            List<String[]> fields = new ArrayList<>();
            for (Map.Entry<String, JsonNode> member : end.properties()) {
                JsonNode value = member.getValue();
                if (value.isObject()) {
                    value.properties().forEach(count -> field(fields, count));
                } else if (!member.getKey().equals("type")) {
                    field(fields, member);
                }
            }
            printFields(fields);
        }
        return same ? ExitCode.OK : ExitCode.ANSWER_IS_NO;
    }

    /// Of the counts by what differs, those that there are.
    private static void field(List<String[]> fields, Map.Entry<String, JsonNode> member) {
        String value = Shown.joined(member.getValue());
        if (!value.equals("0") || member.getKey().equals("replayed")) {
            fields.add(new String[] {member.getKey(), value});
        }
    }
}
