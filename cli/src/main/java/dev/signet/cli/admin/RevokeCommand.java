package dev.signet.cli.admin;

import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Progress;
import dev.signet.cli.output.Prompt;
import dev.signet.cli.output.Style;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminAnswer;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminRequest;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/// `signet revoke`: one certificate, or all that a selector means.
@Command(
        name = "revoke",
        description = {
            "Revoke a certificate, or many, for good.",
            "Many are counted and shown first; nothing happens before you say yes."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signet revoke 49b0...e1 --reason keyCompromise --comment 'laptop stolen'",
            "  signet revoke --spiffe-id spiffe://signet.local/ns/shop/sa/web --block \\",
            "      --reason keyCompromise --comment 'incident 42'",
            "  signet revoke --prefix spiffe://signet.local/ns/shop/ --preview",
            "  signet revoke --policy-rule wildcard --issued-from 2d --rate 500 --yes \\",
            "      --reason privilegeWithdrawn --comment 'rule granted too much'"
        })
public final class RevokeCommand extends AdminCommand {

    private static final String ONE = "/v1/revocations";
    private static final String MANY = "/v1/revocation-jobs";
    private static final long LOOK_MILLIS = 500;

    @Parameters(
            arity = "0..1",
            paramLabel = "SERIAL",
            description = "Serial number, or its first 12 or more digits; colons allowed.")
    private @Nullable String serial;

    @Option(
            names = "--fingerprint",
            paramLabel = "HEX",
            description = "SHA-256 of the certificate, instead.")
    private @Nullable String fingerprint;

    @Option(
            names = "--unrecorded",
            paramLabel = "AUTHORITY",
            description = "The ledger does not have it: id of the authority that issued it.")
    private @Nullable String unrecorded;

    @Mixin private SelectorOptions selector;

    @Option(
            names = "--reason",
            paramLabel = "REASON",
            description =
                    "keyCompromise, cACompromise, affiliationChanged, superseded,"
                            + " cessationOfOperation, privilegeWithdrawn or unspecified.")
    private @Nullable String reason;

    @Option(
            names = "--comment",
            paramLabel = "TEXT",
            description = "Why, for people and the audit trail.")
    private @Nullable String comment;

    @Option(
            names = "--block",
            description = "The identities get nothing new, until `signet blocks release`.")
    private boolean block;

    @Option(names = "--preview", description = "Count and show, and revoke nothing.")
    private boolean preview;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Of many: most a second (default: ${DEFAULT-VALUE}).")
    private int rate = 1_000;

    @Option(names = "--yes", description = "Of many: do not ask.")
    private boolean yes;

    @Option(names = "--no-wait", description = "Of many: do not wait until all are revoked.")
    private boolean noWait;

    @Spec private CommandSpec spec;

    private Map<String, Object> conditions = Map.of();

    public RevokeCommand(Terminal terminal, InstantSource clock) {
        super(terminal, clock);
    }

    @Override
    void prepare() {
        conditions = new LinkedHashMap<>(selector.conditions(clock()));
        int ways = (serial == null ? 0 : 1) + (fingerprint == null ? 0 : 1);
        if (ways + (conditions.isEmpty() ? 0 : 1) != 1) {
            throw wrong("give a SERIAL, or --fingerprint, or a selector such as --spiffe-id");
        }
        if (preview && conditions.isEmpty()) {
            throw wrong("--preview is for selectors; one certificate: signet certificates show");
        }
        if (unrecorded != null && serial == null) {
            throw wrong("--unrecorded goes with a SERIAL");
        }
        if (!preview && (reason == null || comment == null)) {
            throw wrong("--reason and --comment are missing");
        }
        if (serial != null) {
            serial = ShortNumbers.serialDigits(spec, serial);
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    @Override
    int run(AdminClient client) throws IOException {
        return conditions.isEmpty() ? one(client) : many(client);
    }

    private int one(AdminClient client) {
        Map<String, Object> body = new LinkedHashMap<>();
        if (serial != null) {
            body.put(
                    "serialNumber",
                    unrecorded == null ? ShortNumbers.serial(client, serial) : serial);
        } else {
            body.put("sha256", String.valueOf(CertificateFilter.hex(fingerprint)));
        }
        body.put("reason", String.valueOf(reason));
        body.put("comment", String.valueOf(comment));
        if (block) {
            body.put("block", true);
        }
        if (unrecorded != null) {
            body.put(
                    "unrecorded",
                    Map.of("authorityId", ShortNumbers.authority(client, unrecorded)));
        }
        AdminAnswer answer = client.send(AdminRequest.post(ONE, body));
        JsonNode revocation = answer.body().path("revocation");
        boolean changed = answer.body().path("changed").asBoolean(true);
        String id = Shown.text(revocation, "spiffeId");
        return settled(
                answer,
                (changed ? "revoked " : "was revoked before, at ")
                        + (changed ? "" : Shown.time(revocation, "revokedAt") + ": ")
                        + Shown.text(revocation, "serialNumber")
                        + (id.isEmpty() ? "" : " of " + id)
                        + (block ? ", and blocked its identity" : ""));
    }

    private int many(AdminClient client) throws IOException {
        if (conditions.get("authorityId") instanceof String authority) {
            conditions.put("authorityId", ShortNumbers.authority(client, authority));
        }
        JsonNode counted =
                client.send(AdminRequest.ask(MANY + "/preview", Map.of("selector", conditions)))
                        .body();
        if (preview && json()) {
            printJson(counted);
            return ExitCode.OK;
        }
        long count = counted.path("count").asLong(0);
        boolean exact = counted.path("exact").asBoolean(true);
        String figure = exact ? Long.toString(count) : "more than " + count;
        if (preview || !yes) {
            show(counted, figure);
        }
        if (preview || (count == 0 && !block)) {
            return ExitCode.OK;
        }
        if (!yes && !confirmed(figure)) {
            terminal().err().println("nothing was revoked");
            return ExitCode.ANSWER_IS_NO;
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("selector", conditions);
        body.put("reason", String.valueOf(reason));
        body.put("comment", String.valueOf(comment));
        body.put("rate", rate);
        if (block) {
            body.put("block", true);
        }
        AdminAnswer answer =
                client.send(
                        AdminRequest.post(MANY, body)
                                .basedOn("\"" + Shown.text(counted, "token") + "\""));
        if (answer.pending() || noWait) {
            return settled(
                    answer, "revoking " + figure + ": job " + Shown.text(answer.body(), "id"));
        }
        return follow(client, Shown.text(answer.body(), "id"), count);
    }

    private void show(JsonNode counted, String figure) {
        terminal()
                .err()
                .println(
                        figure
                                + " certificates, neither expired nor revoked, on record before "
                                + Shown.time(counted, "asOf"));
        for (JsonNode one : counted.path("sample")) {
            terminal()
                    .err()
                    .println(
                            "  "
                                    + Style.printable(
                                            Shown.text(one, "serialNumber")
                                                    + "  "
                                                    + Shown.text(one, "spiffeId")));
        }
    }

    private boolean confirmed(String figure) throws IOException {
        return Prompt.confirmed(terminal(), "Revoke " + figure + " permanently?", "--yes");
    }

    private int follow(AdminClient client, String id, long expected) {
        JsonNode job;
        try (Progress progress = new Progress(terminal())) {
            progress.begin("revoking");
            while (true) {
                job = client.send(AdminRequest.get(MANY + "/" + AdminRequest.segment(id))).body();
                long revoked = job.path("revoked").asLong(0);
                progress.count(bar(revoked, expected));
                String state = Shown.text(job, "state");
                if (state.equals("done")) {
                    progress.done("revoked " + revoked);
                    break;
                }
                if (state.equals("cancelled")) {
                    progress.failed("cancelled after " + revoked);
                    break;
                }
                pause();
            }
        }
        if (json()) {
            printJson(job);
        }
        return Shown.text(job, "state").equals("done") ? ExitCode.OK : ExitCode.ANSWER_IS_NO;
    }

    private static String bar(long done, long all) {
        int width = 20;
        int full = all == 0 ? width : (int) Math.min(width, done * width / all);
        return "[" + "#".repeat(full) + "-".repeat(width - full) + "] " + done + " of " + all;
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted; the job goes on", e);
        }
    }
}
