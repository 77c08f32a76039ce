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

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

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
            description = "Name of the context (default: the trust domain).")
    private @Nullable String name;

    @Option(
            names = "--contexts-file",
            paramLabel = "FILE",
            description = "File of contexts (default: ~/.config/signet/contexts.yaml).")
    private Path contexts = ContextsFile.defaultPath();

    @Mixin private OutputOptions output;
    @Spec private CommandSpec spec;

    public LoginCommand(Terminal terminal) {
        this.terminal = terminal;
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
        Contexts before = file.read();
        if (name != null && !Context.valid(name)) {
            throw new ParameterException(spec.commandLine(), "--name: '" + name + "' is none");
        }
        IssuedIdentity issued = client(grpc, trust).issue(token.source(), IssueRequest.DEFAULTS);

        String called = name == null ? issued.svid().spiffeId().trustDomain().toString() : name;
        Path own = file.directory(called);
        Identity.write(own, issued);
        Context context =
                new Context(
                        called,
                        new AdminTarget(
                                api,
                                Identity.bundle(own),
                                new AdminCredential.Certificate(
                                        Identity.file(own), Identity.file(own))),
                        grpc);
        file.write(before.with(context).using(called));
        say(issued, context);
        return ExitCode.OK;
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
