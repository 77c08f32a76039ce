/// Measures a running certificate authority from outside: load over gRPC, the machine's own limits
/// beside it, start-up, and micro-benchmarks of the pieces. Trusts the server under test in
/// nothing: counts its answers, checks a sample of them and compares the ledger with the count.
/// Never part of a product; its token issuer is known to the server under test only.
@NullMarked
package dev.signet.benchmarks;

import org.jspecify.annotations.NullMarked;
