package dev.signet.cli.admin;

import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Table;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminRequest;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import tools.jackson.databind.JsonNode;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `signet recovery`.
@Command(
        name = "recovery",
        description = {
            "What others know and the CA's record has lost, as after a restore of PostgreSQL:",
            "certificates that are out and not on record, revocations that clients have seen.",
            "Exit code 5 when there is anything."
        },
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

    @Override
    void prepare() {
        Limits.require(spec, limit);
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
                            new String[] {"Shown by", Shown.text(lost, "clients") + " clients"}));
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
