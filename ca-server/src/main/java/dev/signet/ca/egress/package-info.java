/// How this server asks others: https with configured trust, one bounded answer in bounded time,
/// and strict JSON. Nothing of an answer gets into a message (R14). Knows nothing of what is asked.
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.signet.ca.egress;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
