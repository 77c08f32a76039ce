package dev.signet.benchmarks;

import org.jspecify.annotations.Nullable;

/// A running server. Closing it stops what was started for it.
interface ServerUnderTest extends AutoCloseable {

    Endpoint endpoint();

    /// Its process; null: not on this machine.
    @Nullable Long pid();

    /// JDBC URL with which the owner of its database logs in; null: not known. Holds a password.
    @Nullable String databaseUrl();

    /// How it was started.
    String describe();

    @Override
    void close();
}
