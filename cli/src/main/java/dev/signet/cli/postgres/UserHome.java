package dev.signet.cli.postgres;

import java.nio.file.Path;

/// What a shell calls `~`: `$HOME`, which a user may have set, before what the system has on
/// record.
public final class UserHome {

    private UserHome() {}

    public static Path path() {
        String home = System.getenv("HOME");
        return Path.of(home == null || home.isBlank() ? System.getProperty("user.home") : home);
    }
}
