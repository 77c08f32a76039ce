package dev.signet.client;

import io.grpc.BindableService;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import javax.net.ssl.SSLContext;

/// The code of docs/client.md. [ClientGuideTest] keeps the two equal.
@SuppressWarnings("unused")
final class ClientGuide {

    private ClientGuide() {}

    static WorkloadIdentity kubernetes() {
        // snippet: get-identity
        WorkloadIdentity identity =
                WorkloadIdentity.builder()
                        .caAddress("signet.signet-system.svc:8443")
                        .firstTrust(FirstTrust.bundleFile(Path.of("/etc/signet/bundle.pem")))
                        .credential(
                                CredentialSource.tokenFile(
                                        Path.of("/var/run/secrets/tokens/signet")))
                        .start();
        // end
        return identity;
    }

    static WorkloadIdentity machine(String joinToken, byte[] cacheKey) {
        // snippet: join-and-cache
        WorkloadIdentity identity =
                WorkloadIdentity.builder()
                        .caAddress("ca-1.example.org:8443")
                        .caAddress("ca-2.example.org:8443")
                        .firstTrust(
                                FirstTrust.pinnedRoot(
                                        "9f86d081884c7d659a2feaa0c55ad015"
                                                + "a3bf4f1b2b0b822cd15d6c15b0f00a08"))
                        .credential(CredentialSource.joinToken(joinToken))
                        .cache(DiskCache.withKey(Path.of("/var/lib/orders/identity"), cacheKey))
                        .start();
        // end
        return identity;
    }

    static Server grpcServer(WorkloadIdentity identity, BindableService payments)
            throws IOException {
        // snippet: grpc-server
        Server server =
                Grpc.newServerBuilderForPort(
                                9443,
                                identity.serverCredentials(
                                        PeerPredicate.exactly(
                                                "spiffe://example.org/ns/shop/sa/orders")))
                        .addService(payments)
                        .build()
                        .start();
        // end
        return server;
    }

    static ManagedChannel grpcClient(WorkloadIdentity identity) {
        // snippet: grpc-client
        ManagedChannel channel =
                Grpc.newChannelBuilder(
                                "payments.shop.svc:9443",
                                identity.channelCredentials(
                                        PeerPredicate.exactly(
                                                "spiffe://example.org/ns/shop/sa/payments")))
                        .build();
        // end
        return channel;
    }

    static HttpClient httpClient(WorkloadIdentity identity) {
        // snippet: http-client
        SSLContext context =
                identity.sslContext(PeerPredicate.atOrBelow("spiffe://example.org/ns/shop"));
        HttpClient client = HttpClient.newBuilder().sslContext(context).build();
        // end
        return client;
    }

    static PeerPredicate peers() {
        // snippet: peers
        PeerPredicate shopButNotBatch =
                PeerPredicate.atOrBelow("spiffe://example.org/ns/shop")
                        .and(PeerPredicate.exactly("spiffe://example.org/ns/shop/sa/batch").not());
        PeerPredicate orMonitoring =
                shopButNotBatch.or(
                        PeerPredicate.exactly("spiffe://example.org/ns/monitoring/sa/prometheus"));
        // end
        return orMonitoring;
    }

    static void status(WorkloadIdentity identity) {
        // snippet: status
        IdentityStatus status = identity.status();
        boolean healthy = status.usable() && status.lastErrorCode() == null;
        // end
    }

    static WorkloadIdentityBuilder listener(WorkloadIdentityBuilder builder) {
        // snippet: listener
        builder.listener(
                new IdentityListener() {
                    @Override
                    public void onExpired(X509Svid expired) {
                        System.err.println("no valid certificate since " + expired.notAfter());
                    }
                });
        // end
        return builder;
    }

    static WorkloadIdentityBuilder failClosed(WorkloadIdentityBuilder builder) {
        // snippet: fail-closed
        builder.options(
                ClientOptions.DEFAULTS.withWhenRevocationUnknown(
                        WhenRevocationUnknown.failClosedAfter(Duration.ofMinutes(5))));
        // end
        return builder;
    }

    static void issueOnce(String token, Path directory) throws IOException {
        // snippet: issue-once
        CaClient ca =
                new CaClient(
                        List.of(CaAddress.parse("localhost:8443")),
                        FirstTrust.bundleFile(Path.of("bundle.pem")),
                        ClientOptions.DEFAULTS);
        IssuedIdentity issued =
                ca.issue(
                        CredentialSource.joinToken(token),
                        new IssueRequest(KeyType.P256, Duration.ofHours(1), null));
        Files.writeString(directory.resolve("cert.pem"), issued.svid().chainPem());
        Files.writeString(directory.resolve("bundle.pem"), issued.bundle().pem());
        // end
    }
}
