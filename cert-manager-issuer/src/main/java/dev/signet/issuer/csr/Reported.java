package dev.signet.issuer.csr;

import java.util.LinkedHashMap;
import java.util.Map;

/// What was last said of which request, so that only news is said; the last 10,000. Thread-safe.
final class Reported {

    private static final int MOST = 10_000;

    private final Map<String, String> reasons = new LinkedHashMap<>();

    synchronized boolean isNews(String uid, String reason) {
        if (reason.equals(reasons.put(uid, reason))) {
            return false;
        }
        if (reasons.size() > MOST) {
            reasons.remove(reasons.keySet().iterator().next());
        }
        return true;
    }

    synchronized void forget(String uid) {
        reasons.remove(uid);
    }
}
