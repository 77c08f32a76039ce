package dev.signet.benchmarks;

/// A token as it goes into the call's metadata. Immutable; a class, so that nothing prints it.
final class Token {

    private final byte[] authorization;
    private final int workload;

    /// @param authorization the metadata value, scheme included, ASCII; not copied
    Token(byte[] authorization, int workload) {
        this.authorization = authorization;
        this.workload = workload;
    }

    byte[] authorization() {
        return authorization;
    }

    /// Whom the token names.
    int workload() {
        return workload;
    }
}
