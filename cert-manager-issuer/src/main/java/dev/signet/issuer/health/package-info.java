/// What operators see of the process: metrics, liveness, readiness. Shows no request's content.
@NullMarked
package dev.signet.issuer.health;

import org.jspecify.annotations.NullMarked;
