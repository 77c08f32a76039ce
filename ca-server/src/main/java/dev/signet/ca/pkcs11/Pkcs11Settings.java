package dev.signet.ca.pkcs11;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Duration;

/// Settings under `signet.authority.pkcs11`: a token, such as a hardware security module, that
/// keeps private keys. Prints no PIN: it has none, only where one is.
///
/// @param library path of the PKCS#11 library; unset: no token is used
/// @param tokenLabel label of the token; one of this and slot
/// @param slot number of its slot, where labels are not unique
/// @param pinFile file whose first line is the user PIN, read again at each login; one of this and
///   pinEnvironmentVariable
/// @param pinEnvironmentVariable environment variable with the PIN
/// @param sessions with the token, and so signatures at the same time; default 4, 1 to 64
/// @param timeout longest time for a signature, waiting included; default 2 s, 100 ms to 30 s
public record Pkcs11Settings(
        @Nullable Path library,
        @Nullable String tokenLabel,
        @Nullable Long slot,
        @Nullable Path pinFile,
        @Nullable String pinEnvironmentVariable,
        Integer sessions,
        Duration timeout) {

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final int MOST_SESSIONS = 64;

    /// @throws IllegalArgumentException when a value is out of its bounds, or only half is given
    public Pkcs11Settings(
            @Nullable Path library,
            @Nullable String tokenLabel,
            @Nullable Long slot,
            @Nullable Path pinFile,
            @Nullable String pinEnvironmentVariable,
            @Nullable Integer sessions,
            @Nullable Duration timeout) {
        this.library = library;
        this.tokenLabel = tokenLabel;
        this.slot = slot;
        this.pinFile = pinFile;
        this.pinEnvironmentVariable = pinEnvironmentVariable;
        this.sessions = sessions == null ? 4 : sessions;
        this.timeout = timeout == null ? Duration.ofSeconds(2) : timeout;
        if (library == null) {
            if (tokenLabel != null
                    || slot != null
                    || pinFile != null
                    || pinEnvironmentVariable != null) {
                throw new IllegalArgumentException(
                        "signet.authority.pkcs11.library is not set (expected: the path of a"
                                + " PKCS#11 library, because other settings of the token are)");
            }
        } else if ((tokenLabel == null) == (slot == null)) {
            throw new IllegalArgumentException(
                    "signet.authority.pkcs11 names its token by "
                            + (slot == null ? "nothing" : "both")
                            + " (expected: exactly one of token-label, slot)");
        } else if ((pinFile == null) == (pinEnvironmentVariable == null)) {
            throw new IllegalArgumentException(
                    "signet.authority.pkcs11 has "
                            + (pinFile == null ? "no source" : "two sources")
                            + " of the PIN (expected: exactly one of pin-file,"
                            + " pin-environment-variable)");
        }
        if (this.sessions < 1 || this.sessions > MOST_SESSIONS) {
            throw new IllegalArgumentException(
                    "signet.authority.pkcs11.sessions is "
                            + this.sessions
                            + " (expected: 1 to "
                            + MOST_SESSIONS
                            + ")");
        }
        if (this.timeout.compareTo(SHORTEST) < 0 || this.timeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "signet.authority.pkcs11.timeout is "
                            + this.timeout
                            + " (expected: "
                            + SHORTEST
                            + " to "
                            + LONGEST
                            + ")");
        }
    }

    /// Whether there is a token.
    public boolean given() {
        return library != null;
    }

    /// What logs and messages call the token before it has been seen.
    String place() {
        return slot == null ? "token " + tokenLabel : "the token in slot " + slot;
    }
}
