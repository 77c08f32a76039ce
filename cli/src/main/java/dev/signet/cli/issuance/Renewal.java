package dev.signet.cli.issuance;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.home.HeldLock;
import dev.signet.client.CaClient;
import dev.signet.client.CaUnavailableException;
import dev.signet.client.IssueRequest;
import dev.signet.client.IssuedIdentity;
import dev.signet.client.KeyType;
import dev.signet.client.RequestRefusedException;
import dev.signet.client.SignetClientException;
import dev.signet.client.SubjectRequest;
import dev.signet.client.X509Svid;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/// Renews what is in the files: asks the CA, and replaces them, under their lock. Not for threads
/// at once; other processes may renew the same files.
final class Renewal {

    /// What is asked for.
    ///
    /// @param keyType null: that of the current key
    /// @param lifetime null: what policy gives
    /// @param profile null: what policy grants
    /// @param keepNames whether the names of the current certificate are asked for again
    record Request(
            @Nullable KeyType keyType,
            boolean keepKey,
            @Nullable Duration lifetime,
            @Nullable String profile,
            boolean keepNames) {}

    /// How it went.
    sealed interface Outcome permits Renewed, Replaced, NotDue {}

    /// The files have the next certificate.
    ///
    /// @param moved files whose owner and group could not be kept
    record Renewed(IssuedIdentity issued, HeldCertificate held, List<Path> moved)
            implements Outcome {}

    /// The files have another certificate than before, from another process or an interrupted
    /// replacement, which is now complete.
    record Replaced(HeldCertificate held) implements Outcome {}

    /// There is nothing to do yet.
    record NotDue(HeldCertificate held) implements Outcome {}

    private final CredentialFiles files;
    private final Supplier<CaClient> connect;
    private final Request request;
    private final InstantSource clock;

    private @Nullable CaClient client;
    private @Nullable Unwritten unwritten;

    /// A certificate that came and could not be written.
    private record Unwritten(X509Certificate before, IssuedIdentity issued) {}

    /// @param connect asked again after each failure but a missing answer, so that a trust bundle
    ///   that was put right is used
    Renewal(
            CredentialFiles files,
            Supplier<CaClient> connect,
            Request request,
            InstantSource clock) {
        this.files = files;
        this.connect = connect;
        this.request = request;
        this.clock = clock;
    }

    CredentialFiles files() {
        return files;
    }

    /// What is held, an interrupted replacement completed.
    ///
    /// @return as [#renew] without the CA: replaced, or not due
    /// @throws CommandFailedException when it cannot be renewed, or not any more
    Outcome look() throws IOException {
        requireDirectories();
        try (HeldLock _ = HeldLock.of(files.key())) {
            boolean completed = files.complete();
            HeldCertificate held = usable();
            return completed ? new Replaced(held) : new NotDue(held);
        }
    }

    /// Gets the next certificate, unless somebody else has meanwhile.
    ///
    /// @param known what was held when it was decided to renew
    /// @throws CommandFailedException when it cannot be renewed, or not any more
    /// @throws SignetClientException when the CA gives none
    Outcome renew(X509Certificate known) throws IOException {
        try (HeldLock _ = HeldLock.of(files.key())) {
            files.complete();
            HeldCertificate held = usable();
            if (!held.leaf().equals(known)) {
                return new Replaced(held);
            }
            Unwritten left = unwritten;
            IssuedIdentity issued =
                    left != null && left.before().equals(known) ? left.issued() : ask(held);
            unwritten = new Unwritten(known, issued);
            X509Svid svid = issued.svid();
            List<Path> moved =
                    files.write(
                            svid.privateKey(),
                            svid.privateKeyPem(),
                            svid.chain(),
                            issued.bundle().authorities());
            unwritten = null;
            return new Renewed(issued, HeldCertificate.read(files), moved);
        }
    }

    private HeldCertificate usable() throws IOException {
        HeldCertificate held = HeldCertificate.read(files);
        Instant now = clock.instant();
        if (held.isExpired(now)) {
            throw expired(held);
        }
        return held;
    }

    /// What is to be said of a certificate that has ended.
    CommandFailedException expired(HeldCertificate held) {
        return new CommandFailedException(
                ExitCode.NOT_PERMITTED,
                "CERTIFICATE_EXPIRED",
                files.certificate()
                        + " ended at "
                        + held.notAfter()
                        + " (now "
                        + clock.instant()
                        + "); a certificate that has ended proves nothing to the CA\nGet a new one"
                        + " by a token: signet issue --token-file FILE --out "
                        + directory(files.key())
                        + " --force",
                null);
    }

    private IssuedIdentity ask(HeldCertificate held) {
        CaClient ca = client;
        if (ca == null) {
            ca = connect.get();
            client = ca;
        }
        KeyType type =
                request.keyType() == null
                        ? KeyTypes.of(held.leaf().getPublicKey())
                        : request.keyType();
        try {
            IssuedIdentity issued =
                    ca.renew(
                            held.entry(),
                            request.keepKey(),
                            new IssueRequest(
                                    type == null ? KeyType.P256 : type,
                                    request.lifetime(),
                                    null,
                                    request.keepNames() ? held.names() : SubjectRequest.Names.NONE,
                                    request.profile()));
            client = null;
            return issued;
        } catch (CaUnavailableException e) {
            throw e; // the same client sends the same request again
        } catch (RequestRefusedException e) {
            client = null;
            throw e.code().equals("NAME_NOT_GRANTED") && request.keepNames() ? namesRefused(e) : e;
        } catch (SignetClientException e) {
            client = null;
            throw e;
        }
    }

    /// The certificate of before had the names by another rule.
    private CommandFailedException namesRefused(RequestRefusedException refused) {
        return new CommandFailedException(
                ExitCode.FAILED,
                refused.code(),
                "refused: "
                        + refused.getMessage()
                        + " (NAME_NOT_GRANTED)\nThe names of "
                        + files.certificate()
                        + " are not granted to renewals: ask the operator for a rule that does"
                        + " (evidence.kind == \"current-certificate\", names), or give --no-names",
                refused);
    }

    /// Before the CA has issued what cannot be written.
    private void requireDirectories() {
        for (Path file : files.all().values()) {
            Path directory = directory(file);
            if (!Files.isWritable(directory)) {
                throw new CommandFailedException(
                        "NOT_WRITABLE",
                        directory
                                + " cannot be written, so that "
                                + file.getFileName()
                                + " cannot be replaced");
            }
        }
    }

    static Path directory(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }
}
