package dev.signet.benchmarks;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// All figures of one run.
///
/// @param load the plan's load
/// @param lone a single caller in a closed loop; null: not measured
/// @param crypto null: not measured
/// @param commit null: not measured
/// @param recorded rows that the ledger gained; null: it could not be asked
/// @param checked answers that were checked
/// @param faults what was wrong with them
/// @param mintedDuringRun fresh tokens that were minted while the load ran
record Report(
        Instant at,
        LoadPlan plan,
        String server,
        String postgresql,
        int cores,
        Measurement load,
        @Nullable Measurement lone,
        MachineLimits.@Nullable Crypto crypto,
        Database.@Nullable Limits commit,
        @Nullable Long recorded,
        int checked,
        Map<String, Long> faults,
        long mintedDuringRun) {

    long successes() {
        return load.successes() + (lone == null ? 0 : lone.successes());
    }

    /// Share of the machine's rate of one signature and one verification.
    double ofSignAndVerify() {
        return crypto == null ? Double.NaN : load.interval().perSecond() / crypto.signAndVerify();
    }

    /// Share of the machine's rate of one signature and two verifications.
    double ofSignAndVerifyTwice() {
        return crypto == null
                ? Double.NaN
                : load.interval().perSecond() / crypto.signAndVerifyTwice();
    }

    /// The lone caller's median in durable one-row commits.
    double loneInCommits() {
        return lone == null || commit == null
                ? Double.NaN
                : lone.interval().milliseconds(50) * 1000 / commit.commitMedianMicroseconds();
    }

    /// Why the run proves nothing; empty when all is well.
    List<String> objections() {
        List<String> objections = new ArrayList<>();
        if (load.interval().latencies().getTotalCount() == 0) {
            objections.add("no call succeeded");
        }
        for (Measurement measurement : measurements()) {
            measurement
                    .failures()
                    .forEach((name, count) -> objections.add(Text.count(count) + " x " + name));
            measurement
                    .remarks()
                    .forEach((name, count) -> objections.add(Text.count(count) + " " + name));
            if (!measurement.complete()) {
                objections.add("some calls did not end within 30 s");
            }
        }
        faults.forEach(
                (fault, count) -> objections.add(Text.count(count) + " answers with " + fault));
        // A failed call may have left a row; a success without a row may never be.
        boolean anyFailed =
                measurements().stream().anyMatch(measurement -> measurement.failed() > 0);
        if (recorded != null
                && (recorded < successes() || (!anyFailed && recorded > successes()))) {
            objections.add(
                    Text.count(recorded)
                            + " rows in the ledger, "
                            + Text.count(successes())
                            + " certificates received");
        }
        return objections;
    }

    private List<Measurement> measurements() {
        return lone == null ? List.of(load) : List.of(load, lone);
    }
}
