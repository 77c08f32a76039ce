package dev.signet.cli.context;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.home.HeldLock;
import dev.signet.cli.home.PrivateFiles;
import dev.signet.cli.postgres.Directories;
import dev.signet.cli.remote.AdminCredential;
import dev.signet.client.CaAddress;
import dev.signet.client.CaClient;
import dev.signet.client.ClientOptions;
import dev.signet.client.CredentialSource;
import dev.signet.client.FirstTrust;
import dev.signet.client.IssueRequest;
import dev.signet.client.IssuedIdentity;
import dev.signet.client.Pem;
import dev.signet.client.SignetClientException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/// Key and certificate of a person: one file, so that they change together, for its owner only
/// (0600), beside the trust bundle that came with them.
public final class Identity {

    private static final String IDENTITY = "identity.pem";
    private static final String BUNDLE = "bundle.pem";
    private static final int RENEWED_BELOW = 3;

    private Identity() {}

    /// Writes both.
    public static void write(Path directory, IssuedIdentity issued) throws IOException {
        Directories.createPrivate(directory);
        PrivateFiles.writePublic(bundle(directory), FollowedBundle.text(issued.bundle()));
        PrivateFiles.writeSecret(
                file(directory), issued.svid().privateKeyPem() + issued.svid().chainPem());
    }

    /// Whether there is none whose certificate can be used now or later: one that has ended proves
    /// nothing any more. One that cannot be read is taken for a credential.
    static boolean replaceable(Path directory, Instant now) {
        Path file = file(directory);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        try {
            return now.isAfter(
                    Pem.certificates(Files.readString(file, StandardCharsets.US_ASCII))
                            .getFirst()
                            .getNotAfter()
                            .toInstant());
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    public static Path file(Path directory) {
        return directory.resolve(IDENTITY);
    }

    public static Path bundle(Path directory) {
        return directory.resolve(BUNDLE);
    }

    /// Renews the certificate of a context when less than a third of its life is left. One that is
    /// still good is used as it is when the CA does not give another.
    ///
    /// @param warnings what the user should know
    /// @throws CommandFailedException when the certificate is no longer, or not yet, good
    public static void keepFresh(Context context, InstantSource clock, Consumer<String> warnings) {
        if (!(context.target().credential()
                instanceof AdminCredential.Certificate(Path chain, Path key))) {
            return;
        }
        X509Certificate leaf = usable(context, chain, key, clock.instant());
        if (context.grpc() == null || !chain.equals(key) || !ageing(leaf, clock.instant())) {
            return;
        }
        try (HeldLock _ = HeldLock.of(chain)) {
            // Another command may have renewed it meanwhile.
            if (ageing(usable(context, chain, key, clock.instant()), clock.instant())) {
                CaClient ca =
                        new CaClient(
                                List.of(CaAddress.parse(context.grpc())),
                                FirstTrust.bundleFile(context.target().bundle()),
                                ClientOptions.DEFAULTS);
                IssuedIdentity renewed =
                        ca.issue(
                                CredentialSource.certificateFiles(chain, key),
                                IssueRequest.DEFAULTS);
                PrivateFiles.writeSecret(
                        chain, renewed.svid().privateKeyPem() + renewed.svid().chainPem());
                if (context.target().bundle().equals(chain.resolveSibling(BUNDLE))) {
                    FollowedBundle.replace(context.target().bundle(), renewed.bundle());
                }
            }
        } catch (SignetClientException | IOException | IllegalArgumentException e) {
            warnings.accept(
                    "the certificate of context "
                            + context.name()
                            + " ends at "
                            + leaf.getNotAfter().toInstant()
                            + " and was not renewed: "
                            + e.getMessage());
        }
    }

    private static boolean ageing(X509Certificate leaf, Instant now) {
        Instant begin = leaf.getNotBefore().toInstant();
        Instant end = leaf.getNotAfter().toInstant();
        return Duration.between(now, end)
                        .multipliedBy(RENEWED_BELOW)
                        .compareTo(Duration.between(begin, end))
                < 0;
    }

    private static X509Certificate usable(Context context, Path chain, Path key, Instant now) {
        X509Certificate leaf;
        try {
            PrivateFiles.requirePrivate(key);
            leaf = Pem.certificates(Files.readString(chain, StandardCharsets.US_ASCII)).getFirst();
        } catch (IOException | IllegalArgumentException e) {
            throw failed(context, "cannot be read: " + e.getMessage(), " --force", e);
        }
        if (now.isAfter(leaf.getNotAfter().toInstant())) {
            throw failed(context, "ended at " + leaf.getNotAfter().toInstant(), "", null);
        }
        return leaf;
    }

    private static CommandFailedException failed(
            Context context,
            String what,
            String force,
            @org.jspecify.annotations.Nullable Throwable cause) {
        return new CommandFailedException(
                ExitCode.NOT_PERMITTED,
                "NO_CREDENTIAL",
                "the certificate of context "
                        + context.name()
                        + " "
                        + what
                        + "\nLog in again with a new join token: signet login --name "
                        + context.name()
                        + force
                        + " --join-token-file FILE",
                cause);
    }
}
