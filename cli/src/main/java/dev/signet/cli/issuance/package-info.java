/// A workload's key and certificate as files: issued once, and renewed once or for as long as the
/// process runs. What is written appears whole, and an interrupted replacement is completed by the
/// next run. Trusts the owner of the directory; passwords come from a prompt or a file.
@NullMarked
package dev.signet.cli.issuance;

import org.jspecify.annotations.NullMarked;
