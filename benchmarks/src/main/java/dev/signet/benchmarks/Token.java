package dev.signet.benchmarks;

/// A token as it goes over the wire. Immutable; a class, so that nothing prints it.
final class Token {

    private final byte[] headerBlock;
    private final int workload;

    /// @param authorization the metadata value, scheme included, ASCII
    Token(String authorization, int workload) {
        this.headerBlock = HeaderBlocks.authorization(authorization);
        this.workload = workload;
    }

    /// HPACK of the `authorization` header; not to be changed.
    byte[] headerBlock() {
        return headerBlock;
    }

    /// Whom the token names.
    int workload() {
        return workload;
    }
}
