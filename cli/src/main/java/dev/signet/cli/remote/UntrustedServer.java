package dev.signet.cli.remote;

/// What the user is told where the trust bundle does not vouch for what answers. Stateless.
final class UntrustedServer {

    private UntrustedServer() {}

    /// @param server address that was dialed
    /// @param bundle the file, as the message names it
    /// @param why in a few words
    static String message(String server, String bundle, String why) {
        return "what answers at "
                + server
                + " is not the server of "
                + bundle
                + " ("
                + why
                + ")\nCheck the address. If the CA got a new root while this bundle was not in use,"
                + " replace the file by the new bundle, over a way that you trust: bundle.pem in the"
                + " server's data directory, or /trust-bundle.pem at its HTTP port";
    }
}
