/// The data directory, by which the commands find the server that uses it. Trusts its owner: it is
/// closed to everybody else, and so are the secrets in it.
@NullMarked
package dev.signet.cli.home;

import org.jspecify.annotations.NullMarked;
