package dev.signet.cli.admin;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.Lifetimes;
import dev.signet.cli.output.Table;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminPages;
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
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `signet token`.
@Command(
        name = "token",
        aliases = "tokens",
        description = "Make, list and revoke one-time join tokens.",
        synopsisSubcommandLabel = "COMMAND")
public final class TokenCommands extends Group {

    private static final String PATH = "/v1/join-tokens";

    private TokenCommands() {}

    public static CommandLine commandLine(Terminal terminal, InstantSource clock) {
        return new CommandLine(new TokenCommands())
                .addSubcommand(new Create(terminal, clock))
                .addSubcommand(new ListThem(terminal, clock))
                .addSubcommand(new Revoke(terminal, clock));
    }

    @Command(
            name = "create",
            description = {
                "Print a token that gets one certificate, once; or several, a line each.",
                "The tokens alone go to stdout; they are shown nowhere else."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  TOKEN=$(signet token create --spiffe-id spiffe://signet.local/ns/shop/sa/orders)",
                "  signet token create --spiffe-id 'spiffe://signet.local/edge/*' --count 50 --ttl 2h \\",
                "      --reason 'rollout of the edge, ticket 1234' > tokens"
            })
    static final class Create extends AdminCommand {

        private static final int MOST = 1000;

        @Option(
                names = "--spiffe-id",
                required = true,
                paramLabel = "ID",
                description =
                        "Identity that the token's bearer gets, spiffe://TRUST-DOMAIN/PATH. A last"
                                + " segment * stands for any one.")
        private String spiffeId;

        @Option(
                names = "--ttl",
                paramLabel = "TIME",
                converter = Lifetimes.class,
                description = "How long it can be used, such as 90s or 2h (default: 10m).")
        private @Nullable Duration timeToLive;

        @Option(
                names = "--count",
                paramLabel = "N",
                description = "So many tokens, 1 to 1000 (default: ${DEFAULT-VALUE}).")
        private int count = 1;

        @Option(
                names = "--reason",
                paramLabel = "TEXT",
                description = "Why, for the audit trail (default: ${DEFAULT-VALUE}).")
        private String reason = "no reason given";

        @Spec private CommandSpec spec;

        Create(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        void prepare() {
            if (count < 1 || count > MOST) {
                throw new ParameterException(
                        spec.commandLine(), "--count: " + count + " (expected: 1 to 1000)");
            }
        }

        @Override
        int run(AdminClient client) {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("spiffeIdPattern", spiffeId);
            if (timeToLive != null) {
                body.put("timeToLive", timeToLive.toSeconds() + "s");
            }
            body.put("count", count);
            body.put("reason", reason);
            JsonNode items = create(client, body).path("items");
            if (json()) {
                printJson(items.size() == 1 ? items.get(0) : items);
                return ExitCode.OK;
            }
            for (JsonNode item : items) {
                print(Shown.text(item, "token"));
            }
            note(
                    "for "
                            + spiffeId
                            + ", once each, until "
                            + Shown.time(items.path(0), "expiresAt"));
            return ExitCode.OK;
        }

        private static JsonNode create(AdminClient client, Map<String, Object> body) {
            try {
                return client.send(AdminRequest.post(PATH, body)).body();
            } catch (CommandFailedException e) {
                if (!e.code().equals("CONFLICT")) {
                    throw e;
                }
                throw new CommandFailedException(
                        ExitCode.FAILED,
                        e.code(),
                        "the tokens were made, and the answer with them got lost on its way; nobody"
                                + " has them\nMake others; `signet token list --state usable` shows"
                                + " those that nobody has, `signet token revoke` ends them",
                        e);
            }
        }
    }

    @Command(
            name = "list",
            description = "Join tokens, the youngest first; never their secrets.",
            footerHeading = "%nExample:%n",
            footer = "  signet token list --state usable")
    static final class ListThem extends AdminCommand {

        @Option(
                names = "--state",
                paramLabel = "STATE",
                description = "usable, used, revoked or expired.")
        private @Nullable String state;

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
            List<JsonNode> items =
                    AdminPages.items(client, AdminRequest.get(PATH).with("state", state), limit);
            if (json()) {
                printJson(items);
                return ExitCode.OK;
            }
            if (items.isEmpty()) {
                printEmpty("no join tokens", state != null);
                return ExitCode.OK;
            }
            Table table =
                    new Table("TOKEN ID", "STATE", "SPIFFE ID", "CREATED", "EXPIRES", "BY")
                            .whole("TOKEN ID");
            for (JsonNode item : items) {
                table.add(
                        Shown.text(item, "tokenId", "id"),
                        Shown.text(item, "state"),
                        Shown.text(item, "spiffeIdPattern", "spiffeId"),
                        Shown.time(item, "createdAt"),
                        Shown.time(item, "expiresAt"),
                        Shown.actor(item, "createdBy"));
            }
            print(table);
            return ExitCode.OK;
        }
    }

    @Command(
            name = "revoke",
            description = "End a token that nobody has used yet.",
            footerHeading = "%nExample:%n",
            footer = "  signet token revoke 4f0c... --reason 'was pasted into a chat'")
    static final class Revoke extends AdminCommand {

        @Parameters(paramLabel = "TOKEN-ID", description = "As `signet token list` shows it.")
        private String id;

        @Mixin private ReasonOption reason;

        Revoke(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            return settled(
                    client.send(
                            AdminRequest.post(
                                    PATH + "/" + AdminRequest.segment(id) + "/revocation",
                                    Map.of("reason", reason.text()))),
                    "revoked " + id);
        }
    }
}
