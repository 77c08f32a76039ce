package dev.signet.cli.postgres;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/// What a shell calls `~`: `$HOME`, which a user may have set, before what the system has on
/// record.
public final class UserHome {

    /// Where neither says anything: nothing can be made below it, not even by root.
    public static final Path NONE = Path.of("/dev/null/no-home");

    private UserHome() {}

    /// [#NONE] where there is none.
    public static Path path() {
        return path(System.getenv("HOME"), System.getProperty("user.home"));
    }

    static Path path(@Nullable String variable, @Nullable String onRecord) {
        if (variable != null && !variable.isBlank()) {
            return Path.of(variable);
        }
        // Java says `?` of a user whom the system does not know.
        return onRecord == null || onRecord.isBlank() || onRecord.equals("?")
                ? NONE
                : Path.of(onRecord);
    }
}
