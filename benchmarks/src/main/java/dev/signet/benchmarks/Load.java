package dev.signet.benchmarks;

import java.util.List;
import java.util.Map;

/// Calls being made until stopped. Its methods are called by one thread.
interface Load extends AutoCloseable {

    /// Connects and begins to call.
    void start();

    /// One for each event loop.
    List<Tally> tallies();

    /// What did not go to plan and is no failed call; empty when all is well. Names to counts.
    Map<String, Long> remarks();

    /// Makes no further calls and waits for those under way, for 30 s at most.
    ///
    /// @return whether all of them have ended
    boolean stop();

    @Override
    void close();
}
