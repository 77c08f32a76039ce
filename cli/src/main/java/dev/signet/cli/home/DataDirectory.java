package dev.signet.cli.home;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.postgres.Directories;
import dev.signet.cli.postgres.UserHome;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/// A server's directory: what it must keep, and what other commands need to find and trust it.
///
/// | file | |
/// |---|---|
/// | `key-encryption-key` | wraps the CA's private keys; 32 bytes, base64; without it they are lost |
/// | `operator-credential` | lets its bearer make join tokens and read the ledger |
/// | `address` | `host:port` of gRPC, of the server that runs or ran last |
/// | `admin-address` | `host:port` of the admin API |
/// | `bundle.pem` | the trust bundle; follows it while the server runs |
/// | `server.log` | |
/// | `postgres` | the embedded PostgreSQL, if that is used |
public final class DataDirectory {

    private static final int SECRET_OCTETS = 32;

    private final Path path;

    private DataDirectory(Path path) {
        this.path = path;
    }

    /// That directory; nothing is read or made.
    public static DataDirectory at(Path path) {
        return new DataDirectory(path.toAbsolutePath().normalize());
    }

    /// It is the default one of a user who has a home, or was named.
    private void requireHome() {
        if (path.startsWith(UserHome.NONE)) {
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    "NO_HOME",
                    "there is no home directory: HOME is not set, and the system has none for this"
                            + " user\nGive --data-dir DIR, or set HOME",
                    null);
        }
    }

    /// `~/.signet`.
    public static Path defaultPath() {
        return UserHome.path().resolve(".signet");
    }

    /// Makes the directory (0700) and the secrets (0600) that are missing. What exists must be this
    /// user's, closed to others, and in a place where nobody else can replace it.
    ///
    /// @throws CommandFailedException when that is not possible, or others have access
    public void prepare(SecureRandom random) {
        requireHome();
        try {
            Directories.createPrivate(path);
            Ownership.requireOurs(path);
            Ownership.requirePostgres(postgres());
            for (Path secret : List.of(keyEncryptionKey(), operatorCredential(), password())) {
                Ownership.requireSecret(secret);
            }
            PrivateFiles.createSecret(keyEncryptionKey(), secret(random, Base64.getEncoder()));
            PrivateFiles.createSecret(
                    operatorCredential(), secret(random, Base64.getUrlEncoder().withoutPadding()));
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "DATA_DIRECTORY",
                    "cannot use " + path + ": " + e.getMessage() + "\nGive another with --data-dir",
                    e);
        }
    }

    private static String secret(SecureRandom random, Base64.Encoder encoder) {
        byte[] octets = new byte[SECRET_OCTETS];
        random.nextBytes(octets);
        return encoder.encodeToString(octets) + "\n";
    }

    /// Leaves what other commands need.
    public void publish(String address, String bundlePem) {
        try {
            PrivateFiles.writePublic(bundle(), bundlePem);
            PrivateFiles.writePublic(path.resolve("address"), address + "\n");
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "DATA_DIRECTORY", "cannot write to " + path + ": " + e, e);
        }
    }

    /// Replaces the trust bundle, as a whole.
    public void publishBundle(String pem) throws IOException {
        PrivateFiles.writePublic(bundle(), pem);
    }

    /// Address of the server, `host:port`.
    ///
    /// @throws CommandFailedException when no server has run here
    public String address() {
        requireHome();
        try {
            return Files.readString(path.resolve("address")).strip();
        } catch (NoSuchFileException e) {
            throw new CommandFailedException(
                    ExitCode.UNREACHABLE,
                    "NO_SERVER",
                    "no server has been started in "
                            + path
                            + "\nStart one with `signet server`, or say where it is: --data-dir, or"
                            + " --context, or --server with --bundle",
                    e);
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "DATA_DIRECTORY", "cannot read " + path + ": " + e, e);
        }
    }

    /// Address of the admin API, `host:port`.
    ///
    /// @throws CommandFailedException when no server has run here, or one without an admin API
    public String adminAddress() {
        String grpc = address();
        try {
            return Files.readString(path.resolve("admin-address")).strip();
        } catch (NoSuchFileException e) {
            throw new CommandFailedException(
                    ExitCode.UNREACHABLE,
                    "NO_ADMIN_API",
                    "the server in "
                            + path
                            + " ("
                            + grpc
                            + ") has no admin API\nStart it without signet.admin.enabled=false, or"
                            + " say where another one is: --server, --context",
                    e);
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "DATA_DIRECTORY", "cannot read " + path + ": " + e, e);
        }
    }

    /// Leaves where the admin API is.
    ///
    /// @param address null: the server has none
    public void publishAdmin(@Nullable String address) {
        Path file = path.resolve("admin-address");
        try {
            if (address == null) {
                Files.deleteIfExists(file);
            } else {
                PrivateFiles.writePublic(file, address + "\n");
            }
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "DATA_DIRECTORY", "cannot write to " + path + ": " + e, e);
        }
    }

    public Path path() {
        return path;
    }

    public Path keyEncryptionKey() {
        return path.resolve("key-encryption-key");
    }

    public Path operatorCredential() {
        return path.resolve("operator-credential");
    }

    public Path bundle() {
        return path.resolve("bundle.pem");
    }

    public Path serverLog() {
        return path.resolve("server.log");
    }

    private Path password() {
        return postgres().resolve("password");
    }

    public Path postgres() {
        return path.resolve("postgres");
    }
}
