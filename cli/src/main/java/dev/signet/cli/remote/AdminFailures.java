package dev.signet.cli.remote;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/// From a failed connection to what the user is told, and whether another attempt may help.
final class AdminFailures {

    private static final int DEEPEST_CAUSE = 20;

    private AdminFailures() {}

    /// The answer did not come in time.
    static final class TooSlow extends IOException {

        private static final long serialVersionUID = 1L;

        TooSlow(Duration waited) {
            super("no answer within " + waited.toSeconds() + " s");
        }
    }

    /// A stream that is not whole.
    static final class Broken extends IOException {

        private static final long serialVersionUID = 1L;

        Broken(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    static CommandFailedException broken(AdminTarget target, Broken failure) {
        return unreachable(
                "INCOMPLETE",
                "the answer of "
                        + target.server()
                        + " is not whole: "
                        + failure.getMessage()
                        + "\nRepeat it; a server cuts off what takes longer than"
                        + " signet.admin.limits.stream-deadline",
                failure);
    }

    /// Whether the next attempt may fare better: a server that is not there, is not trusted, or was
    /// waited for long enough will not.
    static boolean mayPass(IOException failure) {
        return !(failure instanceof ConnectException
                || failure instanceof HttpConnectTimeoutException
                || failure instanceof TooSlow
                || tooLarge(failure)
                || causedBy(failure, SSLException.class));
    }

    /// Whether the server may have taken the request before this went wrong.
    static boolean mayHaveArrived(IOException failure) {
        return !(failure instanceof ConnectException
                || failure instanceof HttpConnectTimeoutException
                || causedBy(failure, UnresolvedAddressException.class)
                || causedBy(failure, UnknownHostException.class)
                || causedBy(failure, SSLHandshakeException.class)
                || causedBy(failure, CertificateException.class));
    }

    /// What to do where a write may or may not have happened.
    static final String HOW_TO_FIND_OUT =
            "`signet audit list --from 10m` shows whether it was done: look before you repeat";

    /// @param arrived whether this or an earlier attempt may have reached the server
    static CommandFailedException failure(
            AdminTarget target, AdminRequest request, boolean arrived, IOException failure) {
        if (request.write() && arrived && !tooLarge(failure)) {
            return unreachable(
                    failure instanceof TooSlow ? "DEADLINE_EXCEEDED" : "OUTCOME_UNKNOWN",
                    "the outcome is unknown: the request was sent to "
                            + target.server()
                            + ", and its answer did not come ("
                            + deepest(failure)
                            + ")\n"
                            + HOW_TO_FIND_OUT,
                    failure);
        }
        if (causedBy(failure, CertificateException.class)) {
            return unreachable(
                    "CA_CERTIFICATE_NOT_TRUSTED",
                    UntrustedServer.message(
                            target.server().toString(),
                            "the trust bundle " + target.bundle(),
                            deepest(failure)),
                    failure);
        }
        if (causedBy(failure, SSLHandshakeException.class)
                && target.credential() instanceof AdminCredential.Certificate certificate) {
            return unreachable(
                    "TLS",
                    "no TLS connection to "
                            + target.server()
                            + ": "
                            + deepest(failure)
                            + "\nIt was shown "
                            + certificate.words()
                            + "; where the server refuses it, log in again: signet login --help",
                    failure);
        }
        if (causedBy(failure, SSLException.class)) {
            return unreachable(
                    "TLS",
                    "no TLS connection to " + target.server() + ": " + deepest(failure),
                    failure);
        }
        if (causedBy(failure, UnresolvedAddressException.class)
                || causedBy(failure, UnknownHostException.class)) {
            return unreachable(
                    "UNREACHABLE", "there is no host " + target.server().getHost(), failure);
        }
        if (failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException) {
            return unreachable(
                    "UNREACHABLE",
                    "no server answers at "
                            + target.server()
                            + "\nIs it running, with signet.admin.enabled? `signet context list`"
                            + " shows what is used",
                    failure);
        }
        if (tooLarge(failure)) {
            return AdminProblem.strange(target, 200);
        }
        return unreachable(
                failure instanceof TooSlow ? "DEADLINE_EXCEEDED" : "UNREACHABLE",
                "the server at " + target.server() + " did not answer: " + deepest(failure),
                failure);
    }

    /// As the JDK's limit on the size of a body says it.
    private static boolean tooLarge(IOException failure) {
        return String.valueOf(failure.getMessage()).contains("body exceeds capacity");
    }

    private static CommandFailedException unreachable(
            String code, String message, IOException failure) {
        return new CommandFailedException(ExitCode.UNREACHABLE, code, message, failure);
    }

    private static String deepest(Throwable failure) {
        Throwable at = failure;
        for (int depth = 0; at.getCause() != null && depth < DEEPEST_CAUSE; depth++) {
            at = at.getCause();
        }
        String message = at.getMessage();
        return message == null ? at.getClass().getSimpleName() : message;
    }

    private static boolean causedBy(Throwable failure, Class<? extends Throwable> type) {
        int depth = 0;
        for (Throwable at = failure; at != null && depth < DEEPEST_CAUSE; at = at.getCause()) {
            if (type.isInstance(at)) {
                return true;
            }
            depth++;
        }
        return false;
    }
}
