package dev.signet.ca.issuance;

import java.util.function.Consumer;

/// The one way to a certificate. Thread-safe; never blocks the calling thread.
public interface Issuance {

    /// Runs the issuance flow of docs/flows/issuance.md. `answer` is called exactly once, on this
    /// thread, on the ledger's writer thread or on one of the flow's own; it must not block.
    ///
    /// A fault (an exception anywhere in the flow) is logged and reaches `fault` instead of
    /// `answer`.
    void issue(
            IssuanceRequest request, Consumer<IssuanceOutcome> answer, Consumer<Throwable> fault);

    /// Refuses every new request with SHUTTING_DOWN; requests in flight go on.
    void refuseNew();

    /// Requests that were taken and are not answered yet.
    int inFlight();
}
