/// A PostgreSQL of our own for a machine that has none: unpacks the server from the classpath,
/// makes a data directory, runs `postgres` as a child and keeps it running. Durable (fsync on),
/// reachable from this machine only, by a generated password only. Trusts the owner of the data
/// directory; never touches a process or a directory that it did not make.
@NullMarked
package dev.signet.cli.postgres;

import org.jspecify.annotations.NullMarked;
