package dev.signet.issuer.connection;

import java.util.Locale;

/// Codes of errors as reasons of conditions and events. Stateless.
public final class Reasons {

    private Reasons() {}

    /// A code such as `POLICY_DENIED` as `PolicyDenied`.
    public static String of(String code) {
        StringBuilder reason = new StringBuilder();
        for (String word : code.split("_", -1)) {
            if (!word.isEmpty()) {
                reason.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
            }
        }
        return reason.isEmpty() ? "Unknown" : reason.toString();
    }
}
