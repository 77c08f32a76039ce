/// Other trust domains that this one federates with: relationships, which admins make, and the
/// bundles that are pulled by them. Trusts each other side for its own trust domain only; never
/// mixes a foreign bundle with ours, never authenticates anybody by one, and asks no host but those
/// of relationships.
@ApplicationModule(
        allowedDependencies = {"refusal", "identity", "audit", "ledger", "trust", "egress"})
@NullMarked
package dev.signet.ca.federation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
