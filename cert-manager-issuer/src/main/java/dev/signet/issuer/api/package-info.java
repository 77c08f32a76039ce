/// The custom resources SignetIssuer and SignetClusterIssuer as the API server stores them, and how
/// other resources name them. Trusts the API server to have checked them against their schema;
/// never reads what they refer to.
@NullMarked
package dev.signet.issuer.api;

import org.jspecify.annotations.NullMarked;
