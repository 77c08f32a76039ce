/// JMH benchmarks of the pieces of an issuance, each alone and on one thread: where the processor
/// time of the whole goes. Their sum is not the cost of an issuance; the load generator measures
/// that.
@NullMarked
package dev.signet.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
