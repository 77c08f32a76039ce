package dev.signet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/// Peers whose certificate has a URI and no other name, by each way in which the library is used: a
/// host name is never looked for, whatever the caller's TLS library does by default.
class UriOnlyPeersIT {

    private static final String ORDERS = "spiffe://example.org/ns/shop/sa/orders";
    private static final String PAYMENTS = "spiffe://example.org/ns/shop/sa/payments";

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private WorkloadIdentity orders;
    private WorkloadIdentity payments;

    @BeforeEach
    void enrol() {
        FakeGrpcCa ca = closing(new FakeGrpcCa(Duration.ofHours(1)));
        orders = closing(identity(ca, "orders"));
        payments = closing(identity(ca, "payments"));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T closing(T resource) {
        open.push(resource);
        return resource;
    }

    private static WorkloadIdentity identity(FakeGrpcCa ca, String name) {
        return WorkloadIdentity.builder()
                .caAddress(ca.address())
                .firstTrust(FirstTrust.bundle(ca.ca.bundle(1).pem()))
                .credential(CredentialSource.joinToken("/ns/shop/sa/" + name))
                .options(ClientOptions.DEFAULTS.withFirstCertificateTimeout(Duration.ofSeconds(60)))
                .start();
    }

    /// An HTTPS server of payments, for orders only.
    private int serve() throws IOException {
        HttpsServer server =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(
                new HttpsConfigurator(payments.sslContext(PeerPredicate.exactly(ORDERS))) {
                    @Override
                    public void configure(HttpsParameters parameters) {
                        parameters.setSSLParameters(getSSLContext().getDefaultSSLParameters());
                    }
                });
        server.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        server.start();
        closing(() -> server.stop(0));
        return server.getAddress().getPort();
    }

    private SSLContext trusting(String peer) {
        return orders.sslContext(PeerPredicate.exactly(peer));
    }

    @Test
    void certificatesHaveNoNameButTheUri() throws Exception {
        assertThat(payments.current().leaf().getSubjectAlternativeNames()).hasSize(1);
    }

    @Test
    void httpClient() throws Exception {
        URI uri = URI.create("https://127.0.0.1:" + serve());
        HttpRequest request = HttpRequest.newBuilder(uri).build();
        HttpClient accepting = HttpClient.newBuilder().sslContext(trusting(PAYMENTS)).build();
        assertThat(accepting.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(204);
        HttpClient picky = HttpClient.newBuilder().sslContext(trusting(ORDERS)).build();
        assertThatThrownBy(() -> picky.send(request, HttpResponse.BodyHandlers.discarding()))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void httpsUrlConnectionWithItsOwnHostnameVerifier() throws Exception {
        int port = serve();
        assertThat(status(port, trusting(PAYMENTS))).isEqualTo(204);
        assertThatThrownBy(() -> status(port, trusting(ORDERS))).isInstanceOf(SSLException.class);
    }

    private static int status(int port, SSLContext context) throws IOException {
        HttpsURLConnection connection =
                (HttpsURLConnection)
                        URI.create("https://127.0.0.1:" + port).toURL().openConnection();
        connection.setSSLSocketFactory(context.getSocketFactory());
        try {
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }

    @Test
    void socketsThatAskForTheHostNameToBeVerified() throws Exception {
        int port = serve();
        handshake(port, trusting(PAYMENTS));
        assertThatThrownBy(() -> handshake(port, trusting(ORDERS)))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void aContextOfTheCallersOwnWithOurManagers() throws Exception {
        int port = serve();
        handshake(port, ownContext(PAYMENTS));
        assertThatThrownBy(() -> handshake(port, ownContext(ORDERS)))
                .isInstanceOf(SSLException.class);
    }

    private SSLContext ownContext(String peer) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                new javax.net.ssl.KeyManager[] {orders.keyManager()},
                new TrustManager[] {orders.trustManager(PeerPredicate.exactly(peer))},
                null);
        return context;
    }

    private static void handshake(int port, SSLContext context) throws IOException {
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket("localhost", port)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.setSoTimeout(60_000);
            socket.startHandshake();
        }
    }

    @Test
    void grpcByAddressAndByAnotherAuthority() throws Exception {
        Server server =
                Grpc.newServerBuilderForPort(
                                0, payments.serverCredentials(PeerPredicate.exactly(ORDERS)))
                        .addService(new EchoService())
                        .build()
                        .start();
        closing(() -> {
            server.shutdownNow();
            server.awaitTermination(10, TimeUnit.SECONDS);
        });
        for (String authority : new String[] {"payments.shop.svc", "127.0.0.1"}) {
            ManagedChannel channel =
                    Grpc.newChannelBuilderForAddress(
                                    "127.0.0.1",
                                    server.getPort(),
                                    orders.channelCredentials(PeerPredicate.exactly(PAYMENTS)))
                            .overrideAuthority(authority)
                            .build();
            closing(() -> {
                channel.shutdownNow();
                channel.awaitTermination(10, TimeUnit.SECONDS);
            });
            assertThat(EchoService.once(channel, "hello")).isEqualTo("hello");
        }
    }
}
