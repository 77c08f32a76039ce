/// Shows what is in a file: certificates, trust bundles, certification requests. Trusts nothing in
/// it; verifies no chain and says so by not claiming it.
@NullMarked
package dev.signet.cli.inspect;

import org.jspecify.annotations.NullMarked;
