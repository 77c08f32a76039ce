package dev.signet.benchmarks;

/// What the callers of one event loop make their calls from, and where their answers go.
///
/// @param requestIds used on that loop alone
record CallSource(
        PreparedRequests requests,
        TokenSupply tokens,
        RequestIds requestIds,
        AnswerSamples samples) {}
