package dev.signet.cli.admin;

import dev.signet.cli.output.Progress;
import dev.signet.cli.output.Style;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminAnswer;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminRequest;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/// The commands of `signet authorities` that change something.
final class AuthorityActCommands {

    private static final String PATH = AuthoritiesCommands.PATH;
    private static final Duration EVERY = Duration.ofSeconds(2);

    private AuthorityActCommands() {}

    /// What they have in common.
    abstract static class ActCommand extends AdminCommand {

        @Mixin private ReasonOption reason;

        ActCommand(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        final Map<String, Object> body() {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("reason", reason.text());
            return body;
        }

        final int act(AdminClient client, String path, Map<String, Object> body, String done) {
            AdminAnswer answer = client.change(PATH, AdminRequest.post(PATH + path, body));
            int code = settled(answer, done);
            if (!json() && !answer.pending()) {
                for (JsonNode changed : answer.body().path("changed")) {
                    String before = Shown.text(changed, "before");
                    print(
                            "   "
                                    + Style.printable(
                                            Shown.text(changed, "id")
                                                    + "  "
                                                    + Shown.text(changed, "role")
                                                    + "  "
                                                    + (before.isEmpty() ? "" : before + " -> ")
                                                    + Shown.text(changed, "after")));
                }
            }
            return code;
        }
    }

    @Command(
            name = "prepare",
            description = "Make an issuing CA; it signs after its activation.",
            footerHeading = "%nExample:%n",
            footer = "  signet authorities prepare --reason 'yearly change'")
    static final class Prepare extends ActCommand {

        @Option(
                names = "--root",
                paramLabel = "ID",
                description = "Root to make it under, active or prepared. Default: the active one.")
        private String root;

        Prepare(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            Map<String, Object> body = body();
            if (root != null) {
                body.put("rootId", ShortNumbers.authority(client, root));
            }
            return act(client, "/prepare", body, "an issuing CA is prepared");
        }
    }

    @Command(
            name = "prepare-root",
            description = {
                "Make a root and an issuing CA under it; clients learn the root from now on.",
                "Unless told otherwise the active root signs the new root's key as well."
            })
    static final class PrepareRoot extends ActCommand {

        @Option(
                names = "--not-cross-signed",
                description =
                        "For a root that is compromised, or verifiers that take no long chain.")
        private boolean notCrossSigned;

        PrepareRoot(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            Map<String, Object> body = body();
            body.put("crossSigned", !notCrossSigned);
            return act(client, "/prepare-root", body, "a root and an issuing CA are prepared");
        }
    }

    @Command(
            name = "activate",
            description = {
                "Let a prepared issuing CA sign; what signed before is retired.",
                "Refused while too few clients know its root."
            },
            footerHeading = "%nExample:%n",
            footer = "  signet authorities activate 3f9a01c2 --wait --reason 'root change'")
    static final class Activate extends ActCommand {

        @Parameters(paramLabel = "ID", description = "Its id, or at least 8 digits of it.")
        private String id;

        @Option(names = "--wait", description = "Wait until enough clients know its root.")
        private boolean wait;

        @Option(
                names = "--override",
                description =
                        "Even if too few do: those fail until they reload their trust bundle.")
        private boolean override;

        Activate(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) throws IOException {
            String whole = ShortNumbers.authority(client, id);
            if (wait && !override) {
                await(client, whole);
            }
            Map<String, Object> body = body();
            body.put("override", override);
            return act(client, "/" + whole + "/activate", body, "the issuing CA signs");
        }

        private void await(AdminClient client, String whole) throws IOException {
            try (Progress progress = new Progress(terminal())) {
                progress.begin("waiting until clients know the root");
                JsonNode readiness = AuthoritiesCommands.readiness(client, whole);
                while (!readiness.path("ready").asBoolean(false)) {
                    progress.detail(AuthoritiesCommands.told(readiness));
                    Thread.sleep(EVERY);
                    readiness = AuthoritiesCommands.readiness(client, whole);
                }
                progress.done(AuthoritiesCommands.told(readiness));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted").initCause(e);
            }
        }
    }

    @Command(
            name = "rollback",
            description =
                    "Undo the last activation, before the new issuing CA has signed anything.")
    static final class RollBack extends ActCommand {

        RollBack(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            return act(client, "/rollback", body(), "what signed before signs again");
        }
    }

    @Command(
            name = "retire",
            description = "End the use of an authority; what it signed stays good.")
    static final class Retire extends ActCommand {

        @Parameters(paramLabel = "ID", description = "Its id, or at least 8 digits of it.")
        private String id;

        @Option(names = "--override", description = "Even if nothing is left that signs.")
        private boolean override;

        Retire(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            Map<String, Object> body = body();
            body.put("override", override);
            return act(
                    client,
                    "/" + ShortNumbers.authority(client, id) + "/retire",
                    body,
                    "the authority is retired");
        }
    }

    @Command(
            name = "revoke",
            description = "Take trust from an authority and all below it, for good.",
            footerHeading = "%nExample:%n",
            footer =
                    "  signet authorities revoke 3f9a01c2 --cause cACompromise --reason 'incident 7'")
    static final class Revoke extends ActCommand {

        @Parameters(paramLabel = "ID", description = "Its id, or at least 8 digits of it.")
        private String id;

        @Option(
                names = "--cause",
                required = true,
                paramLabel = "CAUSE",
                description =
                        "As in RFC 5280: cACompromise, keyCompromise, superseded,"
                                + " cessationOfOperation, ...")
        private String cause;

        @Option(names = "--override", description = "Even if nothing is left that signs.")
        private boolean override;

        Revoke(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            Map<String, Object> body = body();
            body.put("cause", cause);
            body.put("override", override);
            return act(
                    client,
                    "/" + ShortNumbers.authority(client, id) + "/revoke",
                    body,
                    "the authority is revoked");
        }
    }
}
