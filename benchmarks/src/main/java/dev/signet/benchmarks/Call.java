package dev.signet.benchmarks;

/// One call under way: what to send, and who hears what became of it. All methods are called on the
/// connection's event loop; exactly one of the last two, once.
interface Call {

    /// The request's protobuf octets but for its request id.
    byte[] requestPrefix();

    /// The request id's octets; empty where the call has none.
    byte[] requestId();

    Token token();

    /// The whole answer has come.
    ///
    /// @param answer its protobuf octets, where [Connection] was to read it; else empty
    void answered(byte[] answer);

    /// The call has failed.
    ///
    /// @param cause status and permanent code, or what happened to the connection
    void failed(String cause);
}
