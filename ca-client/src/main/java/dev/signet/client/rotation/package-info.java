/// When to renew: windows, backoff, and the loop that follows the wall clock and the monotonic
/// clock at once. Pure timing; knows neither keys nor networks.
@NullMarked
package dev.signet.client.rotation;

import org.jspecify.annotations.NullMarked;
