/// Work by key: each key by one worker at a time, once however often it was asked for, later where
/// that was asked for. Knows nothing of Kubernetes or of the CA.
@NullMarked
package dev.signet.issuer.queue;

import org.jspecify.annotations.NullMarked;
