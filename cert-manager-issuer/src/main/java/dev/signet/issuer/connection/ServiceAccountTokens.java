package dev.signet.issuer.connection;

import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

import java.util.function.Supplier;

/// Tokens of a ServiceAccount for the CA, as short-lived as Kubernetes makes them; each is used
/// once. The client's request timeout bounds each. Thread-safe.
final class ServiceAccountTokens implements Supplier<String> {

    private static final long LIFETIME_SECONDS = 600;

    private final KubernetesClient client;
    private final CaConnections.Credential.OfServiceAccount account;

    ServiceAccountTokens(
            KubernetesClient client, CaConnections.Credential.OfServiceAccount account) {
        this.client = client;
        this.account = account;
    }

    @Override
    public String get() {
        TokenRequest asked =
                new TokenRequestBuilder()
                        .withNewSpec()
                        .withAudiences(account.audience())
                        .withExpirationSeconds(LIFETIME_SECONDS)
                        .endSpec()
                        .build();
        return client.serviceAccounts()
                .inNamespace(account.namespace())
                .withName(account.name())
                .tokenRequest(asked)
                .getStatus()
                .getToken();
    }
}
