package dev.signet.cli;

import dev.signet.cli.output.Json;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.HolderClient;
import dev.signet.cli.remote.ServerOptions;
import dev.signet.proto.v1.RevocationReason;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;

@Command(
        name = "revoke-own",
        description = {
            "Revoke a certificate whose key is here, for good.",
            "Needs nobody's permission: whoever holds the key may."
        },
        footerHeading = "%nExample:%n",
        footer = "  signet revoke-own --cert web/cert.pem --key web/key.pem --reason keyCompromise")
final class RevokeOwnCommand implements Callable<Integer> {

    private static final Map<String, RevocationReason> REASONS =
            Map.of(
                    "unspecified", RevocationReason.REVOCATION_REASON_UNSPECIFIED,
                    "keyCompromise", RevocationReason.REVOCATION_REASON_KEY_COMPROMISE,
                    "superseded", RevocationReason.REVOCATION_REASON_SUPERSEDED,
                    "cessationOfOperation",
                            RevocationReason.REVOCATION_REASON_CESSATION_OF_OPERATION);

    private final Terminal terminal;

    @Option(
            names = "--cert",
            required = true,
            paramLabel = "FILE",
            description = "The certificate, then its issuer, PEM.")
    private Path certificate;

    @Option(names = "--key", required = true, paramLabel = "FILE", description = "Its key, PEM.")
    private Path key;

    @Option(
            names = "--reason",
            paramLabel = "REASON",
            description =
                    "keyCompromise, superseded, cessationOfOperation or unspecified (default).")
    private String reason = "unspecified";

    @Option(names = "--comment", paramLabel = "TEXT", description = "For the audit trail.")
    private String comment = "";

    @Mixin private ServerOptions server;
    @Mixin private OutputOptions output;
    @Spec private CommandSpec spec;

    RevokeOwnCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        RevocationReason requested = REASONS.get(reason);
        if (requested == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--reason: " + reason + " (expected: one of " + REASONS.keySet() + ")");
        }
        try (HolderClient client =
                HolderClient.connect(server.address(), server.bundle(), certificate, key)) {
            var revoked = client.revoke(requested, comment);
            String when = Instant.ofEpochSecond(revoked.getRevokedAt().getSeconds()).toString();
            if (output.json()) {
                terminal.out()
                        .println(
                                Json.write(
                                        Map.of(
                                                "serialNumber",
                                                revoked.getSerialNumber(),
                                                "revokedAt",
                                                when)));
            } else {
                terminal.out().println("revoked " + revoked.getSerialNumber() + " at " + when);
            }
        }
        return ExitCode.OK;
    }
}
