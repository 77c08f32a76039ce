package dev.signet.cli;

import dev.signet.cli.output.Json;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.OperatorClient;
import dev.signet.cli.remote.ServerOptions;
import dev.signet.proto.v1.CreateJoinTokenResponse;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

@Command(
        name = "token",
        description = "Make one-time join tokens.",
        synopsisSubcommandLabel = "COMMAND")
final class TokenCommand implements Runnable {

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: create");
    }

    @Command(
            name = "create",
            description = {
                "Print a token that gets one certificate, once.",
                "The token alone goes to stdout; it is shown nowhere else."
            })
    static final class Create implements Callable<Integer> {

        private final Terminal terminal;

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

        @Mixin private ServerOptions server;
        @Mixin private OutputOptions output;

        Create(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            CreateJoinTokenResponse created;
            try (OperatorClient client = OperatorClient.connect(server)) {
                created = client.createJoinToken(spiffeId, timeToLive);
            }
            Instant expiresAt = Instant.ofEpochSecond(created.getExpiresAt().getSeconds());
            if (output.json()) {
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("token", created.getToken());
                json.put("token_id", created.getTokenId());
                json.put("spiffe_id", spiffeId);
                json.put("expires_at", expiresAt);
                terminal.out().println(Json.write(json));
            } else {
                terminal.out().println(created.getToken());
                if (terminal.errIsTerminal()) {
                    terminal.err()
                            .println(
                                    terminal.errStyle()
                                            .dim("for " + spiffeId + ", once, until " + expiresAt));
                }
            }
            return ExitCode.OK;
        }
    }
}
