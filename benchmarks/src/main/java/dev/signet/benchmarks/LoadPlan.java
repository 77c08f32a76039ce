package dev.signet.benchmarks;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/// What is to be measured.
///
/// @param callers connections; in a closed loop each has one call under way
/// @param ratePerSecond null: closed loop; else the arrivals of an open loop
/// @param warmUp before the measured part
/// @param measured length of the measured part
/// @param lone length of the part with a single caller; zero: none
/// @param limits length of each measurement of the machine's own limits; zero: none
/// @param freshTokens a token of its own for each call
/// @param tokens how many repeat; how many are minted ahead where each is fresh
/// @param requests certification requests prepared
/// @param requestIds whether calls name themselves
/// @param eventLoops threads of the generator that make calls
/// @param oneCheckedIn of so many answers one is checked
record LoadPlan(
        int callers,
        @Nullable Double ratePerSecond,
        Duration warmUp,
        Duration measured,
        Duration lone,
        Duration limits,
        boolean freshTokens,
        int tokens,
        int requests,
        boolean requestIds,
        int eventLoops,
        int oneCheckedIn) {

    LoadPlan {
        atLeast("callers", callers, 1);
        atLeast("tokens", tokens, 1);
        atLeast("certification requests", requests, 1);
        atLeast("event loops", eventLoops, 1);
        atLeast("checked", oneCheckedIn, 1);
        if (ratePerSecond != null && !(ratePerSecond > 0)) {
            throw new IllegalArgumentException(
                    "rate is " + ratePerSecond + " (expected: more than 0)");
        }
        if (!measured.isPositive()) {
            throw new IllegalArgumentException(
                    "measured time is " + measured + " (expected: more than 0 s)");
        }
    }

    private static void atLeast(String what, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    what + " is " + value + " (expected: at least " + least + ")");
        }
    }

    String describe() {
        String loop =
                ratePerSecond == null
                        ? "closed loop"
                        : "open loop at " + Text.count(ratePerSecond) + "/s";
        String token =
                freshTokens
                        ? "every token fresh (minted before the run)"
                        : Text.count(tokens) + " tokens repeated";
        return loop
                + ", "
                + callers
                + (callers == 1 ? " connection, " : " connections, ")
                + token
                + ", request ids "
                + (requestIds ? "on" : "off")
                + ", "
                + Text.count(requests)
                + " P-256 requests";
    }
}
