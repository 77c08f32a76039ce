package dev.signet.cli.remote;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/// An admin API: where it is, how it is trusted, what one proves oneself with. Immutable.
///
/// @param server `https://host:port`, without a path
/// @param bundle file with the CA certificates that the server's own must lead to, PEM
public record AdminTarget(URI server, Path bundle, AdminCredential credential) {

    /// Port of the admin API where none is said.
    public static final int DEFAULT_PORT = 9443;

    /// Reads `https://host:port`, `host:port` or `host`.
    ///
    /// @throws CommandFailedException when the text is none of them
    public static URI address(String text) {
        try {
            URI uri = new URI(text.contains("://") ? text : "https://" + text);
            String path = uri.getRawPath();
            if ("https".equalsIgnoreCase(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && (path == null || path.isEmpty() || path.equals("/"))) {
                int port = uri.getPort() == -1 ? DEFAULT_PORT : uri.getPort();
                return new URI("https", null, uri.getHost(), port, null, null, null);
            }
        } catch (URISyntaxException e) {
            throw none(text, e);
        }
        throw none(text, null);
    }

    private static CommandFailedException none(
            String text, @org.jspecify.annotations.Nullable Throwable cause) {
        return new CommandFailedException(
                ExitCode.USAGE,
                "USAGE",
                "'" + text + "' is no address of an admin API (expected: https://HOST:PORT)",
                cause);
    }
}
