@NullMarked
package dev.signet.issuer.trust;

import org.jspecify.annotations.NullMarked;
