/// What a certification request and its resource ask for, as a request to the CA. Pure: no I/O, no
/// clock. Everything read here is the requester's word, bounded before it is parsed.
@NullMarked
package dev.signet.issuer.request;

import org.jspecify.annotations.NullMarked;
