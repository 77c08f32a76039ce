package dev.signet.cli.remote;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.home.DataDirectory;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Files;
import java.nio.file.Path;

/// How a command finds the server: by the server's data directory, or piece by piece.
public final class ServerOptions {

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Data directory of the server (default: ~/.signet).")
    private Path dataDirectory = DataDirectory.defaultPath();

    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            description = "Address of the server, instead of the data directory's.")
    private @Nullable String server;

    @Option(
            names = "--bundle",
            paramLabel = "FILE",
            description = "Trust bundle, PEM, instead of the data directory's.")
    private @Nullable Path bundle;

    private DataDirectory directory() {
        return DataDirectory.at(dataDirectory);
    }

    /// `host:port`.
    ///
    /// @throws CommandFailedException when nothing says where the server is
    public String address() {
        return server != null ? server : directory().address();
    }

    /// What was given with `--bundle`; null: nothing.
    public @Nullable Path givenBundle() {
        return bundle;
    }

    /// File with the trust bundle.
    ///
    /// @throws CommandFailedException when there is none
    public Path bundle() {
        Path file = bundle != null ? bundle : directory().bundle();
        if (!Files.isReadable(file)) {
            throw new CommandFailedException(
                    "NO_BUNDLE",
                    "no trust bundle at "
                            + file
                            + "\nName the one of the server with --bundle; its HTTP port gives it as"
                            + " /trust-bundle.pem, to be fetched over a way that you trust");
        }
        return file;
    }
}
