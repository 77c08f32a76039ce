package dev.signet.cli.admin;

import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Table;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminRequest;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import tools.jackson.databind.JsonNode;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// `signet recovery`.
@Command(
        name = "recovery",
        description = {
            "What others know and the CA's record has lost, as after a restore of PostgreSQL:",
            "certificates that are out and not on record, revocations that clients have seen.",
            "It is the same on every replica, until it is acknowledged or repaired.",
            "Exit code 5 when there is anything."
        },
        synopsisSubcommandLabel = "[COMMAND]",
        footerHeading = "%nExample:%n",
        footer = "  signet recovery --json   # docs/runbooks/restore.md says what to do about it")
public final class RecoveryCommand extends AdminCommand {

    private static final String PATH = "/v1/recovery";

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "At most so many certificates (default: ${DEFAULT-VALUE}).")
    private int limit = 100;

    @Spec private CommandSpec spec;

    public RecoveryCommand(Terminal terminal, InstantSource clock) {
        super(terminal, clock);
    }

    public static CommandLine commandLine(Terminal terminal, InstantSource clock) {
        return new CommandLine(new RecoveryCommand(terminal, clock))
                .addSubcommand(new Acknowledge(terminal, clock));
    }

    @Override
    void prepare() {
        Limits.require(spec, limit);
    }

    @Command(
            name = "acknowledge",
            description = {
                "Close what is shown now, on all replicas, after it was dealt with:",
                "what was revoked is revoked again, each certificate is accounted for.",
                "What clients show later is open again."
            },
            footerHeading = "%nExample:%n",
            footer =
                    "  signet recovery acknowledge --reason 'incident 42: revoked again, see ticket'")
    static final class Acknowledge extends AdminCommand {

        @Option(names = "--revocations", description = "Close lost revocations only.")
        private boolean revocationsOnly;

        @Option(names = "--certificates", description = "Close certificates only.")
        private boolean certificatesOnly;

        @Mixin private ReasonOption reason;

        Acknowledge(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            JsonNode state = client.send(AdminRequest.get(PATH)).body();
            Map<String, Object> body = new LinkedHashMap<>();
            String revocations = state.path("lostRevocations").path("upTo").asString("");
            if (!revocations.isEmpty() && (revocationsOnly || !certificatesOnly)) {
                body.put("revocationsUpTo", revocations);
            }
            String certificates = state.path("certificatesUpTo").asString("");
            if (!certificates.isEmpty() && (certificatesOnly || !revocationsOnly)) {
                body.put("certificatesUpTo", certificates);
            }
            if (body.isEmpty()) {
                if (json()) {
                    printJson(state);
                } else {
                    print("nothing is open");
                }
                return ExitCode.OK;
            }
            String told =
                    "acknowledged: "
                            + body.entrySet().stream()
                                    .map(each ->
                                            (each.getKey().startsWith("r")
                                                            ? "lost revocations up to "
                                                            : "certificates presented up to ")
                                                    + each.getValue())
                                    .collect(Collectors.joining(", "));
            body.put("reason", reason.text());
            return settled(client.send(AdminRequest.post(PATH + "/acknowledge", body)), told);
        }
    }

    @Override
    int run(AdminClient client) {
        JsonNode state = client.send(AdminRequest.get(PATH)).body();
        JsonNode certificates =
                client.send(
                                AdminRequest.get(PATH + "/unrecorded-certificates")
                                        .with("limit", Integer.toString(limit)))
                        .body()
                        .path("items");
        JsonNode lost = state.path("lostRevocations");
        if (json()) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("unrecordedCertificates", state.path("unrecordedCertificates"));
            all.put("lostRevocations", lost.isMissingNode() ? null : lost);
            all.put("certificates", certificates);
            printJson(all);
        } else {
            shown(state, lost, certificates);
        }
        return certificates.isEmpty() && !lost.isObject() ? ExitCode.OK : ExitCode.ANSWER_IS_NO;
    }

    private void shown(JsonNode state, JsonNode lost, JsonNode certificates) {
        if (lost.isObject()) {
            print(
                    terminal()
                            .outStyle()
                            .red("Revocations were lost. Revoke again what was revoked:"));
            printFields(
                    List.of(
                            new String[] {"After", Shown.time(lost, "after")},
                            new String[] {"Up to", Shown.time(lost, "upTo")},
                            new String[] {"First shown", Shown.time(lost, "firstShown")},
                            new String[] {"Shown to", Shown.joined(lost.path("replicas"))}));
        } else {
            print("no client has shown a revocation that is not on record");
        }
        if (certificates.isEmpty()) {
            print("nobody has presented a certificate that is not on record");
            return;
        }
        print(Shown.text(state, "unrecordedCertificates") + " certificates are not on record:");
        Table table =
                new Table("SERIAL NUMBER", "SPIFFE ID", "NOT AFTER", "PRESENTED")
                        .whole("SERIAL NUMBER");
        for (JsonNode certificate : certificates) {
            table.add(
                    Shown.text(certificate, "serialNumber"),
                    Shown.text(certificate, "spiffeId"),
                    Shown.time(certificate, "notAfter"),
                    Shown.time(certificate, "presentedAt"));
        }
        print(table);
    }
}
