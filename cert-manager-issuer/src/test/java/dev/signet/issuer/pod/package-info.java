@NullMarked
package dev.signet.issuer.pod;

import org.jspecify.annotations.NullMarked;
