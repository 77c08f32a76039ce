package dev.signet.cli.admin;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Style;
import dev.signet.cli.output.Table;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminAnswer;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminPages;
import dev.signet.cli.remote.AdminRequest;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// `signet policy`.
@Command(
        name = "policy",
        aliases = "policies",
        description = "Write policy, try it out, put it in force.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nThe way of a change:%n",
        footer = {
            "  signet policy show active > policy.yaml      begin with what is in force",
            "  signet policy validate policy.yaml           is it well written?",
            "  signet policy explain --policy policy.yaml --evidence-kind ... --subject ...",
            "  signet policy replay policy.yaml --from 30d  what would have been different?",
            "  signet policy apply policy.yaml --reason ... --activate",
            "  signet policy rollback --reason ...          if need be"
        })
public final class PolicyCommands extends Group {

    static final String PATH = "/v1/policies";
    static final String ACTIVE = PATH + "/active";

    private PolicyCommands() {}

    public static CommandLine commandLine(Terminal terminal, InstantSource clock) {
        return new CommandLine(new PolicyCommands())
                .addSubcommand(new PolicyValidate(terminal, clock))
                .addSubcommand(new Apply(terminal, clock))
                .addSubcommand(new ListThem(terminal, clock))
                .addSubcommand(new Show(terminal, clock))
                .addSubcommand(new PolicyExplain(terminal, clock))
                .addSubcommand(new PolicyReplay(terminal, clock))
                .addSubcommand(new Activate(terminal, clock))
                .addSubcommand(new Rollback(terminal, clock));
    }

    private static AdminAnswer activate(AdminClient client, long number, String reason) {
        return client.change(
                ACTIVE, AdminRequest.put(ACTIVE, Map.of("number", number, "reason", reason)));
    }

    private static String inForce(long number) {
        return (number == 0 ? "the built-in default" : "version " + number) + " is in force";
    }

    @Command(
            name = "apply",
            description = {
                "Store a document as a new version. It is in force only with --activate, or by"
                        + " `signet policy activate`."
            },
            footerHeading = "%nExample:%n",
            footer =
                    "  signet policy apply policy.yaml --reason 'payments get DNS names' --activate")
    static final class Apply extends AdminCommand {

        @Parameters(paramLabel = "FILE", description = "Policy document, YAML; - reads stdin.")
        private Path file;

        @Option(names = "--activate", description = "Put it in force, too.")
        private boolean activate;

        @Mixin private ReasonOption reason;

        private String document = "";

        Apply(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        void prepare() throws IOException {
            document = PolicyFile.read(file);
        }

        @Override
        int run(AdminClient client) {
            AdminAnswer stored =
                    client.send(
                            AdminRequest.post(
                                            PATH,
                                            Map.of("document", document, "reason", reason.text()))
                                    .about(file.toString()));
            long number = stored.body().path("number").asLong(-1);
            if (!activate) {
                int code = settled(stored, "stored as version " + number);
                note("not in force yet: signet policy activate " + number + " --reason ...");
                return code;
            }
            if (!json()) {
                note("stored as version " + number);
            }
            return settled(activate(client, number, reason.text()), inForce(number));
        }
    }

    @Command(name = "list", description = "Stored versions, the youngest first.")
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
            List<JsonNode> items = AdminPages.items(client, AdminRequest.get(PATH), limit);
            if (json()) {
                printJson(items);
                return ExitCode.OK;
            }
            String active = Shown.text(client.send(AdminRequest.get(ACTIVE)).body(), "number");
            if (items.isEmpty()) {
                terminal().err().println("no versions stored; the built-in default is in force");
                return ExitCode.OK;
            }
            Table table = new Table("VERSION", "IN FORCE", "WRITTEN", "BY", "REASON");
            for (JsonNode item : items) {
                String number = Shown.text(item, "number");
                table.add(
                        number,
                        number.equals(active) ? "yes" : "",
                        Shown.time(item, "createdAt"),
                        Shown.actor(item, "author"),
                        Shown.text(item, "reason"));
            }
            print(table);
            return ExitCode.OK;
        }
    }

    @Command(
            name = "show",
            description = "The document of a version, and nothing else, to be kept in a file.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  signet policy show active > policy.yaml",
                "  diff <(signet policy show 3) <(signet policy show 4)"
            })
    static final class Show extends AdminCommand {

        @Parameters(
                paramLabel = "VERSION",
                arity = "0..1",
                description = "A number, or `active` (default).")
        private String version = "active";

        Show(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            JsonNode policy =
                    client.send(AdminRequest.get(PATH + "/" + AdminRequest.segment(version)))
                            .body();
            if (json()) {
                printJson(policy);
                return ExitCode.OK;
            }
            // Of the one in force, a server may say only which it is.
            String number = Shown.text(policy, "number");
            if (policy.path("document").isMissingNode()
                    && version.equals("active")
                    && !number.isEmpty()) {
                policy = client.send(AdminRequest.get(PATH + "/" + number)).body();
            }
            String document = Shown.text(policy, "document");
            if (document.isEmpty()) {
                throw new CommandFailedException(
                        "NO_DOCUMENT",
                        "the built-in default is in force; it has no document"
                                + "\ndocs/policy.md shows what it does");
            }
            document.lines().forEach(line -> print(Style.printable(line)));
            note(
                    "version "
                            + number
                            + ", written "
                            + Shown.time(policy, "createdAt")
                            + " by "
                            + Shown.actor(policy, "author")
                            + ": "
                            + Shown.text(policy, "reason"));
            return ExitCode.OK;
        }
    }

    @Command(
            name = "activate",
            description = "Put a version in force, on all replicas within a second.",
            footerHeading = "%nExample:%n",
            footer = "  signet policy activate 4 --reason 'replayed over 30 days, no differences'")
    static final class Activate extends AdminCommand {

        @Parameters(paramLabel = "VERSION", description = "A number; 0: the built-in default.")
        private long number;

        @Mixin private ReasonOption reason;

        Activate(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            return settled(activate(client, number, reason.text()), inForce(number));
        }
    }

    @Command(
            name = "rollback",
            description = "Put in force again what was before the present activation.",
            footerHeading = "%nExample:%n",
            footer = "  signet policy rollback --reason 'orders are denied'")
    static final class Rollback extends AdminCommand {

        @Mixin private ReasonOption reason;

        Rollback(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            AdminAnswer answer =
                    client.change(
                            ACTIVE,
                            AdminRequest.post(
                                    ACTIVE + "/rollback", Map.of("reason", reason.text())));
            long number = answer.body().path("number").asLong(0);
            return settled(answer, inForce(number) + " again");
        }
    }
}
