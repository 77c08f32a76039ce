package dev.signet.issuer.lifecycle;

import java.util.LinkedHashMap;
import java.util.Map;

/// What was last said of which resource, by its uid, so that only news is said; the last 10,000.
/// Thread-safe.
public final class Reported {

    private static final int MOST = 10_000;

    private final Map<String, String> reasons = new LinkedHashMap<>();

    /// Whether this was not what was last said of it; now it is.
    public synchronized boolean isNews(String uid, String reason) {
        if (reason.equals(reasons.put(uid, reason))) {
            return false;
        }
        if (reasons.size() > MOST) {
            reasons.remove(reasons.keySet().iterator().next());
        }
        return true;
    }

    /// It is there no more, or decided.
    public synchronized void forget(String uid) {
        reasons.remove(uid);
    }
}
