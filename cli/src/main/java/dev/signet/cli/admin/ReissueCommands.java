package dev.signet.cli.admin;

import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Progress;
import dev.signet.cli.output.Style;
import dev.signet.cli.output.Table;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminRequest;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `signet reissue`.
@Command(
        name = "reissue",
        description = {
            "Ask clients to renew ahead of time, spread over a window.",
            "Clients of ca-client that watch the trust bundle obey; others renew when they are due."
        },
        synopsisSubcommandLabel = "COMMAND")
public final class ReissueCommands extends Group {

    private static final String PATH = "/v1/reissues";
    private static final int MOST_PER_SECOND = 1_000_000;

    private ReissueCommands() {}

    public static CommandLine commandLine(Terminal terminal, InstantSource clock) {
        return new CommandLine(new ReissueCommands())
                .addSubcommand(new Start(terminal, clock))
                .addSubcommand(new ListThem(terminal, clock))
                .addSubcommand(new Show(terminal, clock))
                .addSubcommand(new Cancel(terminal, clock));
    }

    @Command(
            name = "start",
            description = {
                "Order a renewal of certificates that are out.",
                "With --plan it only says how many, and until when."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  signet reissue start --authority 1f6a02c4 --rate 200 --reason 'incident 42' --plan",
                "  signet reissue start --spiffe-id-prefix spiffe://example.org/ns/shop/ --rate 50 \\",
                "      --before 2027-01-31T18:00:00Z --reason 'key hygiene, ticket 1234'"
            })
    static final class Start extends AdminCommand {

        @Option(
                names = "--authority",
                paramLabel = "ID",
                description =
                        "Only certificates that this authority issued, named by at least 8 digits of its"
                                + " id; may be given several times.")
        private List<String> authorities = List.of();

        @Option(
                names = "--spiffe-id-prefix",
                paramLabel = "TEXT",
                description = "Only certificates whose SPIFFE ID begins with this.")
        private @Nullable String prefix;

        @Option(
                names = "--rate",
                required = true,
                paramLabel = "N",
                description = "Most renewals a second on average, 1 to 1000000.")
        private int perSecond;

        @Option(
                names = "--before",
                paramLabel = "TIME",
                description = "End of the window (default: as soon as the rate allows).")
        private @Nullable String before;

        @Option(names = "--plan", description = "Only say whom it would name.")
        private boolean plan;

        @Mixin private ReasonOption reason;
        @Spec private CommandSpec spec;

        Start(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        void prepare() {
            if (perSecond < 1 || perSecond > MOST_PER_SECOND) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--rate: " + perSecond + " (expected: 1 to " + MOST_PER_SECOND + ")");
            }
        }

        @Override
        int run(AdminClient client) {
            Map<String, Object> body = new LinkedHashMap<>();
            if (!authorities.isEmpty()) {
                body.put(
                        "authorityIds",
                        authorities.stream()
                                .map(beginning -> ShortNumbers.authority(client, beginning))
                                .toList());
            }
            if (prefix != null) {
                body.put("spiffeIdPrefix", prefix);
            }
            body.put("perSecond", perSecond);
            if (before != null) {
                body.put(
                        "before",
                        Moments.read(spec, clock(), Moments.Direction.AHEAD, "--before", before));
            }
            if (plan) {
                JsonNode planned = client.send(AdminRequest.post(PATH + "/plan", body)).body();
                if (json()) {
                    printJson(planned);
                } else {
                    print(
                            Shown.text(planned, "certificates")
                                    + " certificates of "
                                    + Shown.text(planned, "identities")
                                    + " identities, until "
                                    + Shown.time(planned, "end"));
                }
                return ExitCode.OK;
            }
            body.put("reason", reason.text());
            var answer = client.send(AdminRequest.post(PATH, body));
            return settled(
                    answer,
                    "order "
                            + Shown.text(answer.body(), "number")
                            + " names "
                            + Shown.text(answer.body(), "certificates")
                            + " certificates, until "
                            + Shown.time(answer.body(), "end"));
        }
    }

    @Command(name = "list", description = "Orders to renew, the youngest first.")
    static final class ListThem extends AdminCommand {

        @Option(
                names = "--limit",
                paramLabel = "N",
                description = "At most so many (default: ${DEFAULT-VALUE}).")
        private int limit = 100;

        @Spec private CommandSpec spec;

        ListThem(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        void prepare() {
            Limits.require(spec, limit);
        }

        @Override
        int run(AdminClient client) {
            JsonNode items =
                    client.send(AdminRequest.get(PATH).with("limit", Integer.toString(limit)))
                            .body()
                            .path("items");
            if (json()) {
                printJson(items);
                return ExitCode.OK;
            }
            if (items.isEmpty()) {
                terminal().err().println("no orders to renew");
                return ExitCode.OK;
            }
            Table table =
                    new Table("NUMBER", "START", "END", "RATE", "CERTIFICATES", "BY", "STATE");
            for (JsonNode item : items) {
                table.add(
                        Shown.text(item, "number"),
                        Shown.time(item, "start"),
                        Shown.time(item, "end"),
                        Shown.text(item, "perSecond"),
                        Shown.text(item, "certificates"),
                        Shown.actor(item, "by"),
                        Shown.text(item, "cancelledAt").isEmpty() ? "" : "cancelled");
            }
            print(table);
            return ExitCode.OK;
        }
    }

    @Command(
            name = "show",
            description = {
                "How far an order has got, and who has not renewed yet.",
                "Exit code 5 while somebody has not."
            },
            footerHeading = "%nExample:%n",
            footer = "  signet reissue show 1795430400 --wait")
    static final class Show extends AdminCommand {

        private static final int MOST_NAMES = 20;
        private static final Duration INTERVAL = Duration.ofSeconds(1);

        @Parameters(paramLabel = "NUMBER", description = "As `signet reissue list` shows it.")
        private String number;

        @Option(
                names = "--wait",
                description = "Come back when everybody has renewed, or the window is over.")
        private boolean wait;

        Show(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            String path = PATH + "/" + AdminRequest.segment(number);
            JsonNode order =
                    wait ? waited(client, path) : client.send(AdminRequest.get(path)).body();
            long left = order.path("progress").path("left").asLong(0);
            JsonNode names =
                    left == 0
                            ? null
                            : client.send(
                                            AdminRequest.get(path + "/left")
                                                    .with("limit", Integer.toString(MOST_NAMES)))
                                    .body()
                                    .path("items");
            if (json()) {
                printJson(order);
            } else {
                shown(order, names);
            }
            return left == 0 ? ExitCode.OK : ExitCode.ANSWER_IS_NO;
        }

        private JsonNode waited(AdminClient client, String path) {
            try (Progress progress = new Progress(terminal())) {
                progress.begin("renewing");
                while (true) {
                    JsonNode order = client.send(AdminRequest.get(path)).body();
                    JsonNode figures = order.path("progress");
                    long all = figures.path("certificates").asLong(0);
                    long left = figures.path("left").asLong(0);
                    progress.count(all - left + " of " + all);
                    if (left == 0 || over(order)) {
                        progress.done(all - left + " of " + all + " certificates");
                        return order;
                    }
                    try {
                        Thread.sleep(INTERVAL);
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                        return order;
                    }
                }
            }
        }

        private boolean over(JsonNode order) {
            return !Shown.text(order, "cancelledAt").isEmpty()
                    || Instant.parse(Shown.text(order, "end")).isBefore(clock().instant());
        }

        private void shown(JsonNode order, @Nullable JsonNode names) {
            JsonNode progress = order.path("progress");
            List<String[]> fields = new ArrayList<>();
            fields.add(new String[] {"Order", Shown.text(order, "number")});
            fields.add(new String[] {"Window", window(order)});
            fields.add(new String[] {"Cancelled", Shown.time(order, "cancelledAt")});
            fields.add(new String[] {"Reason", Shown.text(order, "reason")});
            fields.add(new String[] {"Ordered by", Shown.actor(order, "by")});
            fields.add(new String[] {"Certificates", Shown.text(progress, "certificates")});
            fields.add(new String[] {"Replaced", Shown.text(progress, "replaced")});
            fields.add(new String[] {"Expired", Shown.text(progress, "expired")});
            fields.add(new String[] {"Left", Shown.text(progress, "left")});
            fields.add(new String[] {"Identities left", Shown.text(progress, "identitiesLeft")});
            printFields(fields);
            if (names != null) {
                for (JsonNode name : names) {
                    print("  " + Style.printable(Shown.text(name, "spiffeId")));
                }
            }
        }

        private static String window(JsonNode order) {
            return Shown.time(order, "start")
                    + " to "
                    + Shown.time(order, "end")
                    + ", at most "
                    + Shown.text(order, "perSecond")
                    + " a second";
        }
    }

    @Command(
            name = "cancel",
            description = "Take an order back; who has renewed already has.",
            footerHeading = "%nExample:%n",
            footer = "  signet reissue cancel 1795430400 --reason 'too fast for the database'")
    static final class Cancel extends AdminCommand {

        @Parameters(paramLabel = "NUMBER", description = "As `signet reissue list` shows it.")
        private String number;

        @Mixin private ReasonOption reason;

        Cancel(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            return settled(
                    client.send(
                            AdminRequest.post(
                                    PATH + "/" + AdminRequest.segment(number) + "/cancellation",
                                    Map.of("reason", reason.text()))),
                    "cancelled order " + number);
        }
    }
}
