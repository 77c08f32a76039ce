/// The CA in this process, with the database that it needs. PostgreSQL starts first and beside it,
/// and stops last.
@NullMarked
package dev.signet.cli.server;

import org.jspecify.annotations.NullMarked;
