/// The command line: `signet` and its commands. Results go to stdout and talk to stderr; an exit
/// code says how it ended. Trusts the user who runs it; prints no secret but the one asked for.
@NullMarked
package dev.signet.cli;

import org.jspecify.annotations.NullMarked;
