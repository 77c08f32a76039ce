package dev.signet.cli.context;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.OutputOptions;
import dev.signet.cli.home.DataDirectory;
import dev.signet.cli.output.Json;
import dev.signet.cli.output.Style;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminCredential;
import dev.signet.cli.remote.AdminTarget;
import dev.signet.client.CaAddress;
import dev.signet.client.CaClient;
import dev.signet.client.ClientOptions;
import dev.signet.client.CredentialSource;
import dev.signet.client.FirstTrust;
import dev.signet.client.IssueRequest;
import dev.signet.client.IssuedIdentity;
import dev.signet.client.SpiffeId;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/// `signet login`.
@Command(
        name = "login",
        description = {
            "Get a client certificate for a join token, and make a context of it.",
            "The key is made here and stays here. Later commands renew the certificate when less than"
                    + " a third of its life is left; after a longer pause log in again."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signet login --join-token-file -                       the server that runs here",
            "  signet login --join-token-file token --name prod \\",
            "      --server ca.example.org:8443 --ca-bundle ca.pem"
        })
public final class LoginCommand implements Callable<Integer> {

    private static final int MAX_TOKEN = 4096;

    /// Together with a dash and a number within what a context's name may be.
    private static final int LONGEST_DOMAIN = 40;

    private static final int LONGEST_PERSON = 20;

    private final Terminal terminal;

    @ArgGroup(multiplicity = "1")
    private Token token;

    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            description = "gRPC address of the server, instead of the data directory's.")
    private @Nullable String server;

    @Option(
            names = "--admin",
            paramLabel = "URL",
            description =
                    "Its admin API (default: the same host, port 9443, or as the data directory"
                            + " says).")
    private @Nullable String admin;

    @Option(
            names = "--ca-bundle",
            paramLabel = "FILE",
            description = "Trust bundle, PEM, instead of the data directory's.")
    private @Nullable Path bundle;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Data directory of the server (default: ~/.signet).")
    private Path dataDirectory = DataDirectory.defaultPath();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description =
                    "Name of the context (default: the trust domain; where that is taken, with the"
                            + " identity's last part behind it).")
    private @Nullable String name;

    @Option(
            names = "--force",
            description = "Replace a context of this name, with its key and certificate.")
    private boolean force;

    @Option(
            names = "--contexts-file",
            paramLabel = "FILE",
            description = "File of contexts (default: ~/.config/signet/contexts.yaml).")
    private Path contexts = ContextsFile.defaultPath();

    @Mixin private OutputOptions output;
    @Spec private CommandSpec spec;

    private final InstantSource clock;

    public LoginCommand(Terminal terminal, InstantSource clock) {
        this.terminal = terminal;
        this.clock = clock;
    }

    /// Where the token comes from.
    static final class Token {

        @Option(
                names = "--join-token",
                paramLabel = "TOKEN",
                description = "Join token; other users may see it in the list of processes.")
        private @Nullable String text;

        @Option(
                names = "--join-token-file",
                paramLabel = "FILE",
                description = "File with the join token; - reads it from stdin.")
        private @Nullable Path file;

        CredentialSource source() throws IOException {
            try {
                return CredentialSource.joinToken(read().strip());
            } catch (IllegalArgumentException e) {
                throw new CommandFailedException(
                        ExitCode.FAILED, "NO_TOKEN", String.valueOf(e.getMessage()), e);
            }
        }

        private String read() throws IOException {
            if (text != null) {
                return text;
            }
            if (file == null || file.toString().equals("-")) {
                return new String(System.in.readNBytes(MAX_TOKEN), StandardCharsets.US_ASCII);
            }
            return Files.readString(file, StandardCharsets.US_ASCII);
        }
    }

    @Override
    public Integer call() throws IOException {
        // First whatever can go wrong here: a token that is spent cannot be used again.
        DataDirectory directory = DataDirectory.at(dataDirectory);
        String grpc = server == null ? directory.address() : server;
        Path trust = bundle == null ? directory.bundle() : bundle;
        URI api = api(directory, grpc);
        ContextsFile file = ContextsFile.at(contexts);
        file.requireHome();
        Contexts before = file.read();
        if (name != null && !Context.valid(name)) {
            throw new ParameterException(spec.commandLine(), "--name: '" + name + "' is none");
        }
        if (name != null && !force && !free(file, before, name)) {
            before.requireFree(name);
            throw new CommandFailedException(
                    "CONTEXT_EXISTS",
                    Identity.file(file.directory(name))
                            + " exists and holds a key\nGive another --name, or --force to replace"
                            + " it");
        }
        IssuedIdentity issued = client(grpc, trust).issue(token.source(), IssueRequest.DEFAULTS);
        Context context = keep(file, issued, api, grpc);
        say(issued, context);
        return ExitCode.OK;
    }

    /// The name is chosen, and its files are written, while nobody else changes the file: a name
    /// that is taken meanwhile costs nobody a key.
    private Context keep(ContextsFile file, IssuedIdentity issued, URI api, String grpc) {
        AtomicReference<Context> kept = new AtomicReference<>();
        Contexts _ =
                file.change(before -> {
                    String called = called(file, before, issued.svid().spiffeId());
                    Path own = file.directory(called);
                    try {
                        Identity.write(own, issued);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    Context context =
                            new Context(
                                    called,
                                    new AdminTarget(
                                            api,
                                            Identity.bundle(own),
                                            new AdminCredential.Certificate(
                                                    Identity.file(own), Identity.file(own))),
                                    grpc);
                    kept.set(context);
                    return before.with(context).using(called);
                });
        return kept.get();
    }

    private String called(ContextsFile file, Contexts before, SpiffeId id) {
        String domain = id.trustDomain().toString().replaceFirst("^\\.+", "");
        String first =
                name != null
                        ? name
                        : domain.substring(0, Math.min(domain.length(), LONGEST_DOMAIN));
        if (force || free(file, before, first)) {
            return first;
        }
        String begin = first.substring(0, Math.min(first.length(), LONGEST_DOMAIN));
        String path = id.toString();
        String last = path.substring(path.lastIndexOf('/') + 1);
        String second = begin + "-" + last.substring(0, Math.min(last.length(), LONGEST_PERSON));
        if (Context.valid(second) && free(file, before, second)) {
            return second;
        }
        for (int number = 2; ; number++) {
            String further = begin + "-" + number;
            if (free(file, before, further)) {
                return further;
            }
        }
    }

    /// Whether nothing is lost with this name.
    private boolean free(ContextsFile file, Contexts contexts, String wanted) {
        Path own = file.directory(wanted);
        Context context = contexts.byName().get(wanted);
        boolean ours =
                context == null
                        || (context.target().credential()
                                        instanceof AdminCredential.Certificate(Path chain, Path _)
                                && chain.equals(Identity.file(own)));
        return ours && Identity.replaceable(own, clock.instant());
    }

    private URI api(DataDirectory directory, String grpc) {
        if (admin != null) {
            return AdminTarget.address(admin);
        }
        if (server == null) {
            return AdminTarget.address(directory.adminAddress());
        }
        String host = address(grpc).host();
        return AdminTarget.address(host.contains(":") ? "[" + host + "]" : host);
    }

    private CaClient client(String grpc, Path trust) {
        return new CaClient(
                List.of(address(grpc)), FirstTrust.bundleFile(trust), ClientOptions.DEFAULTS);
    }

    private CaAddress address(String grpc) {
        try {
            return CaAddress.parse(grpc);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--server: " + e.getMessage());
        }
    }

    private void say(IssuedIdentity issued, Context context) {
        if (output.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("context", context.name());
            json.put("server", context.target().server().toString());
            json.put("spiffeId", issued.svid().spiffeId().toString());
            json.put("notAfter", issued.svid().notAfter());
            terminal.out().println(Json.write(json));
            return;
        }
        Style style = terminal.errStyle();
        terminal.err()
                .println(
                        style.green("✓")
                                + "  "
                                + style.bold(Style.printable(issued.svid().spiffeId().toString()))
                                + style.dim("  until " + issued.svid().notAfter()));
        terminal.err()
                .println(
                        "   context "
                                + context.name()
                                + " is used; signet whoami shows your roles");
    }
}
