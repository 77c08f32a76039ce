package dev.signet.issuer.connection;

import java.time.Instant;

/// Whether an issuer can be used now.
public sealed interface IssuerState {

    /// There is no such issuer.
    record Absent() implements IssuerState {}

    /// It is too early to say, for seconds: nothing is to be reported yet; when that changes,
    /// listeners are told.
    record Unknown() implements IssuerState {}

    /// It cannot be used now; when that changes, listeners are told.
    ///
    /// @param reason in CamelCase, constant
    /// @param message for people; no secrets
    record NotReady(String reason, String message) implements IssuerState {}

    /// It can be used.
    ///
    /// @param settings as last seen
    /// @param ca shared with issuers of the same settings; not to be closed by its users
    /// @param since when it became so
    record Ready(IssuerSettings settings, CaConnection ca, Instant since) implements IssuerState {}
}
