package dev.signet.ca;

/// Gives tests of other packages the parts of a server in this process.
public final class ServerParts {

    private ServerParts() {}

    public static <T> T part(RunningServer server, Class<T> type) {
        return server.part(type);
    }
}
