package dev.signet.cli.context;

import dev.signet.cli.home.DataDirectory;
import dev.signet.cli.output.Style;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminCredential;
import dev.signet.cli.remote.AdminTarget;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/// How a command finds the admin API: by a context, by a server's data directory, or piece by
/// piece. Without anything said: by the context in use, else by the data directory of this user's
/// own server.
public final class AdminOptions {

    @ArgGroup(validate = false, heading = "%nWhich server:%n")
    private Where where = new Where();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    private @Nullable Path followed;

    /// Nothing is sent yet, except that an ageing certificate of a context is renewed.
    ///
    /// @throws dev.signet.cli.CommandFailedException when nothing says where the server is, or what
    ///   it is to be shown
    public AdminClient connect(Terminal terminal, InstantSource clock) {
        return AdminClient.connect(target(terminal, clock));
    }

    /// Brings the trust bundle of the context that was used up to date, where it is the context's
    /// own; for the end of a command.
    public void follow(AdminClient client, Terminal terminal) {
        Path bundle = followed;
        if (bundle != null) {
            FollowedBundle.refresh(client, bundle, warning -> warn(terminal, warning));
        }
    }

    private static void warn(Terminal terminal, String warning) {
        terminal.err().println(terminal.errStyle().yellow("signet: ") + Style.printable(warning));
    }

    private AdminTarget target(Terminal terminal, InstantSource clock) {
        boolean pieces =
                where.dataDirectory != null || where.bundle != null || where.credential != null;
        if (pieces && where.context != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--context says it all: leave out --data-dir, --bundle and --credential");
        }
        if (!pieces) {
            Contexts known = ContextsFile.at(where.contexts).read();
            Optional<Context> chosen =
                    where.context == null ? known.used() : Optional.of(known.named(where.context));
            if (chosen.isPresent()) {
                Identity.keepFresh(chosen.get(), clock, warning -> warn(terminal, warning));
                AdminTarget target = chosen.get().target();
                Path own =
                        Identity.bundle(
                                ContextsFile.at(where.contexts).directory(chosen.get().name()));
                followed = target.bundle().equals(own) ? own : null;
                return where.server == null
                        ? target
                        : new AdminTarget(
                                AdminTarget.address(where.server),
                                target.bundle(),
                                target.credential());
            }
        }
        return local();
    }

    private AdminTarget local() {
        DataDirectory directory =
                DataDirectory.at(
                        where.dataDirectory == null
                                ? DataDirectory.defaultPath()
                                : where.dataDirectory);
        return new AdminTarget(
                AdminTarget.address(where.server == null ? directory.adminAddress() : where.server),
                where.bundle == null ? directory.bundle() : where.bundle,
                new AdminCredential.OperatorFile(
                        where.credential == null
                                ? directory.operatorCredential()
                                : where.credential));
    }

    /// One beside the other in `--help`.
    static final class Where {

        @Option(
                names = "--context",
                paramLabel = "NAME",
                description =
                        "Context to use (default: the one of `signet context use`, else the data"
                                + " directory of the server here).")
        private @Nullable String context;

        @Option(
                names = "--server",
                paramLabel = "URL",
                description =
                        "Admin API, https://HOST:PORT, instead of the context's or directory's.")
        private @Nullable String server;

        @Option(
                names = "--data-dir",
                paramLabel = "DIR",
                description = "Data directory of the server, instead of a context (~/.signet).")
        private @Nullable Path dataDirectory;

        @Option(
                names = "--bundle",
                paramLabel = "FILE",
                description = "Trust bundle, PEM, instead of the data directory's.")
        private @Nullable Path bundle;

        @Option(
                names = "--credential",
                paramLabel = "FILE",
                description = "Operator credential, instead of the data directory's.")
        private @Nullable Path credential;

        @Option(
                names = "--contexts-file",
                paramLabel = "FILE",
                description = "File of contexts (default: ~/.config/signet/contexts.yaml).")
        private Path contexts = ContextsFile.defaultPath();
    }
}
