/// Publishes the trust bundles of cluster issuers: as ClusterTrustBundles, and as a ConfigMap in
/// each namespace that asks for it by label. Trusts the bundle that the connection to a CA has
/// verified. Never takes back what it published because a CA or the API server is away, and never
/// changes an object that it did not make.
@NullMarked
package dev.signet.issuer.trust;

import org.jspecify.annotations.NullMarked;
