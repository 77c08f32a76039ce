/// Encodings and calls that {@link dev.signet.client} is made of. Not part of the API: may change
/// in any release.
@NullMarked
package dev.signet.client.internal;

import org.jspecify.annotations.NullMarked;
