package dev.signet.cli.admin;

import dev.signet.cli.ExitCode;
import dev.signet.cli.Lifetimes;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminRequest;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `signet policy explain`.
@Command(
        name = "explain",
        description = {
            "Ask what policy would decide, and why: which rule decided, and why each earlier one did"
                    + " not. Nothing is issued.",
            "Exit code 0: it grants, 5: it denies."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signet policy explain --evidence-kind kubernetes --subject shop:orders \\",
            "      --attribute kubernetes.namespace=shop --dns orders.shop.svc",
            "  signet policy explain --policy policy.yaml --evidence-kind join-token \\",
            "      --subject 4f0c --bound-to spiffe://signet.local/ns/shop/sa/orders"
        })
final class PolicyExplain extends AdminCommand {

    @Option(
            names = "--policy",
            paramLabel = "VERSION|FILE",
            description = "A stored version, `active` (default), or a document that is not stored.")
    private String policy = "active";

    @Option(
            names = "--evidence-kind",
            required = true,
            paramLabel = "KIND",
            description =
                    "How the caller proves itself: kubernetes, oidc, join-token,"
                            + " current-certificate or registration-authority.")
    private String kind;

    @Option(
            names = "--subject",
            required = true,
            paramLabel = "TEXT",
            description = "Whom the evidence names.")
    private String subject;

    @Option(
            names = "--attribute",
            paramLabel = "NAME=VALUE",
            description = "An attested attribute; may be repeated.")
    private Map<String, String> attributes = new LinkedHashMap<>();

    @Option(
            names = "--bound-to",
            paramLabel = "ID",
            description = "Identity that the evidence is bound to; a last segment * is any one.")
    private @Nullable String boundTo;

    @Option(names = "--spiffe-id", paramLabel = "ID", description = "Requested identity.")
    private @Nullable String spiffeId;

    @Option(
            names = "--lifetime",
            paramLabel = "TIME",
            converter = Lifetimes.class,
            description = "Requested lifetime, such as 90s or 2h.")
    private @Nullable Duration lifetime;

    @Option(
            names = "--dns",
            paramLabel = "NAME",
            description = "Requested DNS name; may be repeated.")
    private List<String> dnsNames = List.of();

    @Option(names = "--ip", paramLabel = "ADDRESS", description = "Requested IP address.")
    private List<String> ipAddresses = List.of();

    @Option(names = "--email", paramLabel = "ADDRESS", description = "Requested e-mail address.")
    private List<String> emailAddresses = List.of();

    @Option(names = "--uri", paramLabel = "URI", description = "Requested URI.")
    private List<String> uris = List.of();

    @Option(names = "--profile", paramLabel = "NAME", description = "Requested profile.")
    private @Nullable String profile;

    private @Nullable String document;

    PolicyExplain(Terminal terminal, InstantSource clock) {
        super(terminal, clock);
    }

    @Override
    void prepare() throws IOException {
        document = PolicyFile.isVersion(policy) ? null : PolicyFile.read(Path.of(policy));
    }

    @Override
    int run(AdminClient client) {
        String version = document == null ? policy : "candidate";
        JsonNode answer =
                client.send(
                                AdminRequest.ask(
                                                PolicyCommands.PATH
                                                        + "/"
                                                        + version
                                                        + "/explanation",
                                                body())
                                        .about(document == null ? null : policy))
                        .body();
        ExplanationText text = new ExplanationText(answer, terminal().outStyle());
        if (json()) {
            printJson(answer);
        } else {
            text.lines().forEach(this::print);
        }
        return text.grants() ? ExitCode.OK : ExitCode.ANSWER_IS_NO;
    }

    private Map<String, Object> body() {
        Map<String, Object> evidence = new LinkedHashMap<>();
        evidence.put("kind", kind);
        evidence.put("subject", subject);
        evidence.put("attributes", attributes);
        put(evidence, "boundTo", boundTo);
        Map<String, Object> request = new LinkedHashMap<>();
        put(request, "spiffeId", spiffeId);
        put(request, "lifetime", lifetime == null ? null : lifetime.toSeconds() + "s");
        put(request, "dnsNames", dnsNames);
        put(request, "ipAddresses", ipAddresses);
        put(request, "emailAddresses", emailAddresses);
        put(request, "uris", uris);
        put(request, "profile", profile);
        Map<String, Object> body = new LinkedHashMap<>();
        put(body, "document", document);
        body.put("evidence", evidence);
        body.put("request", request);
        return body;
    }

    private static void put(Map<String, Object> body, String name, @Nullable Object value) {
        if (value != null && !value.equals(List.of())) {
            body.put(name, value);
        }
    }
}
