/// What CRLs and OCSP cost, measured from inside their package. Never part of a product.
@NullMarked
package dev.signet.ca.status;

import org.jspecify.annotations.NullMarked;
