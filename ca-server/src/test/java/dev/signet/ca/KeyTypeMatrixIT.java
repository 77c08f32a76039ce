package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;

import dev.signet.client.CaAddress;
import dev.signet.client.CaClient;
import dev.signet.client.ClientOptions;
import dev.signet.client.CredentialSource;
import dev.signet.client.FirstTrust;
import dev.signet.client.IssueRequest;
import dev.signet.client.IssuedIdentity;
import dev.signet.client.KeyType;
import dev.signet.client.PeerPredicate;
import dev.signet.client.WorkloadIdentity;
import dev.signet.proto.v1.RenewCertificateRequest;
import dev.signet.proto.v1.RenewCertificateResponse;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Every kind of key that is offered, with every TLS provider of the server, as the key of the
/// root, of the issuing CA, of a client and of a server, with the peers that are installed.
class KeyTypeMatrixIT {

    private static final String RENEW = "signet.v1.CertificateService/RenewCertificate";
    private static final String CHECK = "grpc.health.v1.Health/Check";

    @TempDir private static Path programs;
    private static Map<String, TlsPeer> peers;

    @TempDir private Path directory;

    @BeforeAll
    static void findPeers() throws Exception {
        peers = TlsPeer.present(programs);
    }

    @ParameterizedTest
    @CsvSource({
        "OPENSSL,P384,P256",
        "OPENSSL,ED25519,ED25519",
        "JDK,P384,P256",
        "JDK,ED25519,ED25519",
    })
    void everyKindOfLeafRenewsAndServes(String provider, String root, String issuing)
            throws Exception {
        matrix(provider, root, issuing, EnumSet.allOf(KeyType.class));
    }

    @ParameterizedTest
    @CsvSource({
        "OPENSSL,P256,P384",
        "OPENSSL,ED25519,P256",
        "OPENSSL,RSA_3072,RSA_4096",
        "OPENSSL,RSA_4096,RSA_3072",
        "JDK,P256,P384",
        "JDK,RSA_3072,RSA_4096",
    })
    void everyKindOfAuthorityIsUsable(String provider, String root, String issuing)
            throws Exception {
        matrix(provider, root, issuing, EnumSet.of(KeyType.P256, KeyType.ED25519));
    }

    private void matrix(String provider, String root, String issuing, Set<KeyType> leaves)
            throws Exception {
        try (TestDatabase database = TestDatabase.create();
                ServerRig.Site site = new ServerRig.Site();
                ServerRig rig =
                        ServerRig.start(
                                site,
                                database,
                                Map.of(
                                        "signet.grpc.tls.provider",
                                        provider,
                                        "signet.authority.root-key-type",
                                        root,
                                        "signet.authority.issuing-key-type",
                                        issuing))) {
            Path bundle = directory.resolve("bundle.pem");
            Files.writeString(bundle, rig.get("/trust-bundle.pem").body());
            Map<String, String> failures = new HashMap<>();
            for (KeyType leaf : leaves) {
                try {
                    renews(rig, bundle, leaf, failures);
                    serves(rig, bundle, leaf, failures);
                } catch (RuntimeException e) {
                    failures.put(leaf + " ca-client", String.valueOf(e));
                }
            }
            assertThat(failures).isEmpty();
        }
    }

    private void renews(ServerRig rig, Path bundle, KeyType type, Map<String, String> failures)
            throws Exception {
        CaClient ca =
                new CaClient(
                        List.of(CaAddress.parse("127.0.0.1:" + rig.server.grpcPort())),
                        FirstTrust.bundleFile(bundle),
                        ClientOptions.DEFAULTS);
        IssuedIdentity first =
                ca.issue(
                        CredentialSource.joinToken(rig.joinToken("spiffe://signet.test/" + type)),
                        new IssueRequest(type, null, null));
        Path chain = Files.writeString(directory.resolve("chain.pem"), first.svid().chainPem());
        Path key = Files.writeString(directory.resolve("key.pem"), first.svid().privateKeyPem());
        assertThat(
                        ca.issue(
                                        CredentialSource.certificateFiles(chain, key),
                                        new IssueRequest(KeyType.P256, null, null))
                                .svid()
                                .spiffeId())
                .isEqualTo(first.svid().spiffeId());
        for (var peer : peers.entrySet()) {
            try {
                byte[] answer =
                        peer.getValue()
                                .call(
                                        directory,
                                        rig.server.grpcPort(),
                                        RENEW,
                                        renewal(),
                                        bundle,
                                        chain,
                                        key);
                assertThat(
                                RenewCertificateResponse.parseFrom(answer)
                                        .getCertificate()
                                        .getCertificateChainCount())
                        .isPositive();
            } catch (IllegalStateException e) {
                failures.put(type + " client " + peer.getKey(), String.valueOf(e.getMessage()));
            }
        }
    }

    private static byte[] renewal() throws Exception {
        return RenewCertificateRequest.newBuilder()
                .setCertificateSigningRequest(
                        ByteString.copyFrom(ServerRig.csr(ServerRig.newKeys())))
                .setRequestId(ServerIT.uuidV7().toString())
                .build()
                .toByteArray();
    }

    /// A workload with a key of this type as the server of ca-client and of the peers, which show a
    /// certificate of the same type.
    private void serves(ServerRig rig, Path bundle, KeyType type, Map<String, String> failures)
            throws Exception {
        HealthStatusManager health = new HealthStatusManager();
        try (WorkloadIdentity identity =
                WorkloadIdentity.builder()
                        .caAddress("127.0.0.1:" + rig.server.grpcPort())
                        .firstTrust(FirstTrust.bundleFile(bundle))
                        .credential(
                                CredentialSource.joinToken(
                                        rig.joinToken("spiffe://signet.test/" + type)))
                        .keyType(type)
                        .start()) {
            Server server =
                    Grpc.newServerBuilderForPort(
                                    0, identity.serverCredentials(PeerPredicate.anyTrusted()))
                            .addService(health.getHealthService())
                            .build()
                            .start();
            ManagedChannel channel =
                    Grpc.newChannelBuilderForAddress(
                                    "localhost",
                                    server.getPort(),
                                    identity.channelCredentials(PeerPredicate.anyTrusted()))
                            .build();
            try {
                assertThat(
                                HealthGrpc.newBlockingStub(channel)
                                        .withDeadlineAfter(20, TimeUnit.SECONDS)
                                        .check(HealthCheckRequest.getDefaultInstance())
                                        .getStatus())
                        .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
                for (var peer : peers.entrySet()) {
                    serves(server, bundle, type, failures, peer);
                }
            } finally {
                channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
                server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
            }
        }
    }

    private void serves(
            Server server,
            Path bundle,
            KeyType type,
            Map<String, String> failures,
            Map.Entry<String, TlsPeer> peer)
            throws Exception {
        try {
            byte[] answer =
                    peer.getValue()
                            .call(
                                    directory,
                                    server.getPort(),
                                    CHECK,
                                    new byte[0],
                                    bundle,
                                    directory.resolve("chain.pem"),
                                    directory.resolve("key.pem"));
            assertThat(HealthCheckResponse.parseFrom(answer).getStatus())
                    .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
        } catch (IllegalStateException e) {
            failures.put(type + " server " + peer.getKey(), String.valueOf(e.getMessage()));
        }
    }
}
