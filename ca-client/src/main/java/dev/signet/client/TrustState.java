package dev.signet.client;

import java.util.List;

/// What the CA publishes over a watch of trust, whole each time.
///
/// @param bundle of the CA's own trust domain
/// @param federated of others, each for its own domain only
/// @param orders to renew, those in force
record TrustState(TrustBundle bundle, List<TrustBundle> federated, List<RenewalOrder> orders) {

    TrustState {
        federated = List.copyOf(federated);
        orders = List.copyOf(orders);
    }
}
