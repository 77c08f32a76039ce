package dev.signet.cli.context;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.OutputOptions;
import dev.signet.cli.home.PrivateFiles;
import dev.signet.cli.output.Json;
import dev.signet.cli.output.Style;
import dev.signet.cli.output.Table;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.postgres.Directories;
import dev.signet.cli.remote.AdminCredential;
import dev.signet.cli.remote.AdminTarget;
import dev.signet.client.Pem;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/// `signet context`.
@Command(
        name = "context",
        aliases = "contexts",
        description = "The servers that you have to do with, and what you prove yourself with.",
        synopsisSubcommandLabel = "COMMAND")
public final class ContextCommands implements Runnable {

    @Spec private CommandSpec spec;

    private ContextCommands() {}

    public static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new ContextCommands())
                .addSubcommand(new Add(terminal))
                .addSubcommand(new ListThem(terminal))
                .addSubcommand(new Use(terminal))
                .addSubcommand(new Show(terminal))
                .addSubcommand(new Remove(terminal));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "a command is missing: " + String.join(", ", spec.subcommands().keySet()));
    }

    /// What all of them have.
    abstract static class OfContexts implements Callable<Integer> {

        final Terminal terminal;

        @Option(
                names = "--contexts-file",
                paramLabel = "FILE",
                description = "File of contexts (default: ~/.config/signet/contexts.yaml).")
        private Path contexts = ContextsFile.defaultPath();

        @Mixin private OutputOptions output;

        OfContexts(Terminal terminal) {
            this.terminal = terminal;
        }

        final ContextsFile file() {
            return ContextsFile.at(contexts);
        }

        final int say(Contexts now, String name, String what) {
            if (output.json()) {
                terminal.out().println(Json.write(json(now, now.named(name))));
            } else {
                say(what);
            }
            return ExitCode.OK;
        }

        final void say(String what) {
            terminal.err().println(terminal.errStyle().green("✓") + "  " + Style.printable(what));
        }

        final boolean json() {
            return output.json();
        }

        static Map<String, Object> json(Contexts contexts, Context context) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", context.name());
            json.put("used", context.name().equals(contexts.current()));
            json.put("server", context.target().server().toString());
            json.put("caBundle", context.target().bundle().toString());
            json.put("credential", context.target().credential().words());
            json.put("grpc", context.grpc());
            return json;
        }
    }

    /// Exactly one of them.
    static final class CredentialOptions {

        @ArgGroup(exclusive = false)
        private @Nullable CertificateOptions certificate;

        @Option(
                names = "--token-file",
                paramLabel = "FILE",
                description = "File with an OIDC token, read at each use.")
        private @Nullable Path tokenFile;

        @Option(
                names = "--token-command",
                paramLabel = "COMMAND",
                description = "Command of the shell that prints an OIDC token.")
        private @Nullable String tokenCommand;

        @Option(
                names = "--token-variable",
                paramLabel = "NAME",
                description = "Environment variable with an OIDC token.")
        private @Nullable String tokenVariable;

        @Option(
                names = "--operator-credential",
                paramLabel = "FILE",
                description = "File with the server's operator credential.")
        private @Nullable Path operatorCredential;

        AdminCredential credential() {
            if (certificate != null) {
                return new AdminCredential.Certificate(
                        certificate.chain.toAbsolutePath(), certificate.key.toAbsolutePath());
            }
            if (tokenFile != null) {
                return new AdminCredential.TokenFile(tokenFile.toAbsolutePath());
            }
            if (tokenCommand != null) {
                return new AdminCredential.TokenCommand(tokenCommand);
            }
            if (tokenVariable != null) {
                return new AdminCredential.TokenVariable(tokenVariable);
            }
            if (operatorCredential != null) {
                return new AdminCredential.OperatorFile(operatorCredential.toAbsolutePath());
            }
            throw new IllegalStateException("no credential");
        }
    }

    /// A certificate and its key.
    static final class CertificateOptions {

        @Option(
                names = "--certificate",
                required = true,
                paramLabel = "FILE",
                description = "Client certificate and its chain, PEM.")
        private Path chain;

        @Option(
                names = "--key",
                required = true,
                paramLabel = "FILE",
                description = "Its private key, PEM PKCS#8, mode 0600.")
        private Path key;
    }

    @Command(
            name = "add",
            description = "Add a context. The first one is used at once.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  signet context add prod --server https://ca.example.org --ca-bundle ca.pem \\",
                "      --token-command 'gcloud auth print-identity-token --audiences=signet'",
                "  signet context add ops --server https://ca.example.org --ca-bundle ca.pem \\",
                "      --certificate ops.pem --key ops.key"
            })
    static final class Add extends OfContexts {

        @Parameters(paramLabel = "NAME", description = "What you call it.")
        private String name;

        @Option(
                names = "--server",
                required = true,
                paramLabel = "URL",
                description = "Admin API, https://HOST:PORT.")
        private String server;

        @Option(
                names = "--ca-bundle",
                required = true,
                paramLabel = "FILE",
                description = "Trust bundle of the CA, PEM; a copy of it follows the CA's own.")
        private Path bundle;

        @ArgGroup(multiplicity = "1")
        private CredentialOptions credential;

        @Option(names = "--force", description = "Replace a context of this name.")
        private boolean force;

        @Spec private CommandSpec spec;

        Add(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            Context context;
            try {
                context =
                        new Context(
                                name,
                                new AdminTarget(
                                        AdminTarget.address(server),
                                        bundle.toAbsolutePath(),
                                        credential.credential()),
                                null);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
            }
            requireUsableKey(context);
            Contexts now =
                    file().change(before -> {
                        if (!force) {
                            before.requireFree(name);
                        }
                        Contexts with = before.with(owning(file(), context));
                        return before.current() == null ? with.using(name) : with;
                    });
            return say(now, name, name.equals(now.current()) ? name + " is used" : name + " added");
        }
    }

    /// A key that is there already is in a form that can be used; one may come later.
    private static void requireUsableKey(Context context) {
        if (!(context.target().credential() instanceof AdminCredential.Certificate(_, Path key))
                || !Files.isReadable(key)) {
            return;
        }
        try {
            if (Files.size(key) > Pem.MAX_LENGTH) {
                throw new IllegalArgumentException("the file is larger than 1 MiB");
            }
            Pem.privateKey(Files.readString(key, StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "UNUSABLE_KEY", key + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// With a copy of the bundle, which follows the CA's; the given file stays as it is.
    private static Context owning(ContextsFile file, Context context) {
        Path given = context.target().bundle();
        if (!Files.isReadable(given)) {
            return context;
        }
        Path own = Identity.bundle(file.directory(context.name()));
        try {
            Directories.createPrivate(file.directory(context.name()));
            PrivateFiles.writePublic(own, Files.readString(given, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Context(
                context.name(),
                new AdminTarget(context.target().server(), own, context.target().credential()),
                context.grpc());
    }

    @Command(name = "list", description = "All contexts.")
    static final class ListThem extends OfContexts {

        ListThem(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            Contexts contexts = file().read();
            if (json()) {
                terminal.out()
                        .println(
                                Json.write(
                                        contexts.all().stream()
                                                .map(context -> json(contexts, context))
                                                .toList()));
                return ExitCode.OK;
            }
            if (contexts.all().isEmpty()) {
                terminal.err()
                        .println("no contexts; without one, the server in ~/.signet is spoken to");
                return ExitCode.OK;
            }
            Table table = new Table("USED", "NAME", "SERVER", "CREDENTIAL");
            for (Context context : contexts.all()) {
                table.add(
                        context.name().equals(contexts.current()) ? "*" : "",
                        context.name(),
                        context.target().server().toString(),
                        context.target().credential().words());
            }
            table.whole("NAME").print(terminal);
            return ExitCode.OK;
        }
    }

    @Command(name = "use", description = "Use this one where none is named.")
    static final class Use extends OfContexts {

        @Parameters(paramLabel = "NAME", description = "As `signet context list` shows it.")
        private String name;

        Use(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            Contexts now = file().change(before -> before.using(name));
            return say(now, name, name + " is used");
        }
    }

    @Command(name = "show", description = "One context, or the one in use.")
    static final class Show extends OfContexts {

        @Parameters(
                paramLabel = "NAME",
                arity = "0..1",
                description = "As `signet context list` shows it.")
        private @Nullable String name;

        Show(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            Contexts contexts = file().read();
            Context context =
                    name != null
                            ? contexts.named(name)
                            : contexts.used()
                                    .orElseThrow(() ->
                                            new dev.signet.cli.CommandFailedException(
                                                    "NO_CONTEXT", "no context is in use"));
            if (json()) {
                terminal.out().println(Json.write(json(contexts, context)));
                return ExitCode.OK;
            }
            Table table = new Table("NAME", context.name());
            table.add("SERVER", context.target().server().toString());
            table.add("CA BUNDLE", context.target().bundle().toString());
            table.add("CREDENTIAL", context.target().credential().words());
            if (context.grpc() != null) {
                table.add("RENEWED AT", context.grpc());
            }
            table.print(terminal.out(), terminal.outStyle(), "");
            return ExitCode.OK;
        }
    }

    @Command(name = "remove", description = "Forget a context. Files that it names stay.")
    static final class Remove extends OfContexts {

        @Parameters(paramLabel = "NAME", description = "As `signet context list` shows it.")
        private String name;

        Remove(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            Contexts _ = file().change(before -> before.without(name));
            say(name + " removed");
            return ExitCode.OK;
        }
    }
}
