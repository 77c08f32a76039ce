package dev.signet.cli.admin;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Table;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminRequest;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `signet federation`.
@Command(
        name = "federation",
        description = "Other trust domains whose certificates our workloads can verify.",
        synopsisSubcommandLabel = "COMMAND")
public final class FederationCommands extends Group {

    private static final String PATH = "/v1/federation";

    private FederationCommands() {}

    public static CommandLine commandLine(Terminal terminal, InstantSource clock) {
        return new CommandLine(new FederationCommands())
                .addSubcommand(new ListThem(terminal, clock))
                .addSubcommand(new Show(terminal, clock))
                .addSubcommand(new Add(terminal, clock))
                .addSubcommand(new Remove(terminal, clock));
    }

    @Command(name = "list", description = "All, and how their last pulls ended.")
    static final class ListThem extends AdminCommand {

        ListThem(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            JsonNode all = client.send(AdminRequest.get(PATH)).body();
            if (json()) {
                printJson(all);
                return ExitCode.OK;
            }
            Table table =
                    new Table(
                            "TRUST DOMAIN",
                            "PROFILE",
                            "AUTHORITIES",
                            "SEQUENCE",
                            "LAST PULL",
                            "URL");
            for (JsonNode one : all.path("items")) {
                JsonNode pull = one.path("lastPull");
                table.add(
                        Shown.text(one, "trustDomain"),
                        Shown.text(one, "profile"),
                        Shown.text(one, "authorities"),
                        Shown.text(one, "spiffeSequence"),
                        (Shown.text(pull, "outcome") + " " + Shown.time(pull, "at")).strip(),
                        Shown.text(one, "url"));
            }
            print(table);
            return ExitCode.OK;
        }
    }

    @Command(name = "show", description = "One, with the bundle in use.")
    static final class Show extends AdminCommand {

        @Parameters(paramLabel = "TRUST-DOMAIN", description = "Its name.")
        private String trustDomain;

        Show(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            JsonNode one =
                    client.send(AdminRequest.get(PATH + "/" + AdminRequest.segment(trustDomain)))
                            .body();
            if (json()) {
                printJson(one);
                return ExitCode.OK;
            }
            JsonNode pull = one.path("lastPull");
            List<String[]> fields = new ArrayList<>();
            fields.add(new String[] {"Trust domain", Shown.text(one, "trustDomain")});
            fields.add(new String[] {"Profile", Shown.text(one, "profile")});
            fields.add(new String[] {"URL", Shown.text(one, "url")});
            fields.add(new String[] {"Endpoint", Shown.text(one, "endpointSpiffeId")});
            fields.add(new String[] {"Since", Shown.time(one, "since")});
            fields.add(new String[] {"By", Shown.text(one, "by")});
            fields.add(new String[] {"Reason", Shown.text(one, "reason")});
            fields.add(new String[] {"Authorities", Shown.text(one, "authorities")});
            fields.add(new String[] {"Sequence", Shown.text(one, "spiffeSequence")});
            fields.add(new String[] {"Accepted", Shown.time(one, "acceptedAt")});
            fields.add(
                    new String[] {
                        "Last pull",
                        (Shown.text(pull, "outcome")
                                        + " "
                                        + Shown.time(pull, "at")
                                        + " "
                                        + Shown.text(pull, "detail"))
                                .strip()
                    });
            printFields(fields);
            return ExitCode.OK;
        }
    }

    @Command(
            name = "add",
            description = {
                "Federate: pull that trust domain's bundle from now on.",
                "Get its bundle, or the CA of its endpoint, by a way that you trust."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  signet federation add other.example --url https://ca.other.example:8444/ \\",
                "      --endpoint-id spiffe://other.example/signet/server --initial-bundle other.json \\",
                "      --reason 'ticket 7'",
                "  signet federation add web.example --url https://ca.web.example/bundle --web \\",
                "      --web-roots ca.pem --reason 'ticket 8'"
            })
    static final class Add extends AdminCommand {

        private static final int MOST_OCTETS = 262_144;

        @Parameters(paramLabel = "TRUST-DOMAIN", description = "Its name.")
        private String trustDomain;

        @Option(
                names = "--url",
                required = true,
                paramLabel = "URL",
                description = "Of its bundle endpoint, https.")
        private String url;

        @Option(
                names = "--web",
                description = "The endpoint is verified as web sites are (profile https_web).")
        private boolean web;

        @Option(
                names = "--web-roots",
                paramLabel = "FILE",
                description = "With --web: PEM of the only CAs to verify it with.")
        private @Nullable Path webRoots;

        @Option(
                names = "--endpoint-id",
                paramLabel = "SPIFFE-ID",
                description = "Whom the endpoint must prove to be (profile https_spiffe).")
        private @Nullable String endpointId;

        @Option(
                names = "--initial-bundle",
                paramLabel = "FILE",
                description = "Its bundle now, SPIFFE JSON (profile https_spiffe).")
        private @Nullable Path bundle;

        @Mixin private ReasonOption reason;

        Add(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("trustDomain", trustDomain);
            body.put("profile", web ? "HTTPS_WEB" : "HTTPS_SPIFFE");
            body.put("url", url);
            if (endpointId != null) {
                body.put("endpointSpiffeId", endpointId);
            }
            if (bundle != null) {
                body.put("initialBundle", read(bundle));
            }
            if (webRoots != null) {
                body.put("webRoots", read(webRoots));
            }
            body.put("reason", reason.text());
            return settled(
                    client.send(AdminRequest.post(PATH, body)),
                    "federating with " + trustDomain + "; see 'signet federation list'");
        }

        private static String read(Path file) {
            try {
                if (Files.size(file) > MOST_OCTETS) {
                    throw new CommandFailedException(
                            "FILE_TOO_LARGE", file + " is larger than " + MOST_OCTETS + " octets");
                }
                return Files.readString(file);
            } catch (IOException e) {
                throw new CommandFailedException(
                        ExitCode.FAILED, "FILE_UNREADABLE", file + " cannot be read: " + e, e);
            }
        }
    }

    @Command(
            name = "remove",
            description = "End it: its bundle is not used any more, within a second.",
            footerHeading = "%nExample:%n",
            footer = "  signet federation remove other.example --reason 'ticket 9'")
    static final class Remove extends AdminCommand {

        @Parameters(paramLabel = "TRUST-DOMAIN", description = "Its name.")
        private String trustDomain;

        @Mixin private ReasonOption reason;

        Remove(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            return settled(
                    client.send(
                            AdminRequest.post(
                                    PATH + "/" + AdminRequest.segment(trustDomain) + "/removal",
                                    Map.of("reason", reason.text()))),
                    "no longer federating with " + trustDomain);
        }
    }
}
