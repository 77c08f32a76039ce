/// What is served while this replica leads: controllers that wait for their API to be served, one
/// lease among the replicas, events about resources. Trusts the API server; never signs.
@NullMarked
package dev.signet.issuer.lifecycle;

import org.jspecify.annotations.NullMarked;
