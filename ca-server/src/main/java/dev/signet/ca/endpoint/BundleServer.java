package dev.signet.ca.endpoint;

import dev.signet.ca.egress.FileKeys;
import dev.signet.ca.egress.StaleFiles;
import dev.signet.ca.egress.TlsFiles;
import dev.signet.ca.trust.TrustBundles;
import dev.signet.ca.wire.HttpsConnections;
import dev.signet.ca.wire.ServerKeys;

import io.micrometer.core.instrument.MeterRegistry;

import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.QoSHandler;
import org.eclipse.jetty.server.handler.SizeLimitHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;

/// The bundle endpoint's port: HTTPS with HTTP/1.1, TLS as Mozilla's intermediate configuration has
/// it, no client authentication, everything bounded. Thread-safe.
final class BundleServer implements BundleEndpoint {

    private static final Logger LOG = LoggerFactory.getLogger(BundleServer.class);

    private static final int MAX_HEADER_OCTETS = 8 * 1024;
    private static final long IDLE_MILLIS = 10_000;
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    private static final long STOP_MILLIS = 2_000;
    private static final Duration LOOK_AT_FILES = Duration.ofSeconds(5);

    /// Mozilla, Server Side TLS 5.7, intermediate, without CHACHA's and DHE's for TLS 1.2.
    private static final String[] SUITES = {
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
    };

    private final EndpointSettings settings;
    private final TrustBundles bundles;
    private final ServerKeys keys;
    private volatile @Nullable FileKeys fileKeys;
    private @Nullable Server server;
    private volatile int port;

    BundleServer(
            EndpointSettings settings,
            TrustBundles bundles,
            ServerKeys keys,
            MeterRegistry registry) {
        this.settings = settings;
        this.bundles = bundles;
        this.keys = keys;
        if (settings.enabled() && settings.profile() == EndpointSettings.Profile.HTTPS_WEB) {
            StaleFiles.gauge(registry, "federation-endpoint", this::staleFiles);
        }
    }

    private Duration staleFiles() {
        FileKeys files = fileKeys;
        return files == null ? Duration.ZERO : files.stale();
    }

    synchronized boolean isRunning() {
        return server != null;
    }

    @Override
    public OptionalInt port() {
        return port == 0 ? OptionalInt.empty() : OptionalInt.of(port);
    }

    /// Does nothing where it is not enabled.
    ///
    /// @throws IllegalStateException when the port or a file cannot be used
    synchronized void start() {
        if (!settings.enabled()) {
            return;
        }
        try {
            Server made = make();
            made.start();
            port = ((ServerConnector) made.getConnectors()[0]).getLocalPort();
            server = made;
            LOG.info("bundle endpoint ({}) on port {}", settings.profile(), port);
        } catch (Exception e) {
            throw new IllegalStateException(
                    "signet.federation.endpoint: cannot serve on port "
                            + settings.port()
                            + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private Server make() throws GeneralSecurityException {
        QueuedThreadPool threads = new QueuedThreadPool(8, 1);
        threads.setName("signet-bundle-endpoint");
        threads.setDaemon(true);
        Server made = new Server(threads);
        made.setStopTimeout(STOP_MILLIS);

        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setRequestHeaderSize(MAX_HEADER_OCTETS);
        http.setHttpCompliance(HttpCompliance.RFC9110);
        http.setUriCompliance(UriCompliance.RFC3986);
        http.setIdleTimeout(IDLE_MILLIS);
        SecureRequestCustomizer secure = new SecureRequestCustomizer();
        secure.setSniHostCheck(false);
        http.addCustomizer(secure);

        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setSslContext(sslContext());
        tls.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        tls.setExcludeCipherSuites();
        tls.setIncludeCipherSuites(SUITES);
        tls.setRenegotiationAllowed(false);
        ServerConnector connector =
                new ServerConnector(
                        made,
                        1,
                        1,
                        new SslConnectionFactory(tls, "http/1.1"),
                        new HttpConnectionFactory(http));
        connector.setIdleTimeout(IDLE_MILLIS);
        connector.setPort(settings.port());
        if (!settings.address().isEmpty()) {
            connector.setHost(settings.address());
        }
        made.addConnector(connector);

        SizeLimitHandler bodies = new SizeLimitHandler(0, -1);
        bodies.setHandler(new BundleHandler(bundles));
        QoSHandler requests = new QoSHandler(bodies);
        requests.setMaxRequestCount(settings.requests());
        HttpsConnections connections =
                new HttpsConnections(connector, settings.connections(), REQUEST_TIMEOUT, requests);
        connector.addBean(connections, false);
        made.setHandler(connections);
        return made;
    }

    private SSLContext sslContext() throws GeneralSecurityException {
        KeyManager shown =
                switch (settings.profile()) {
                    case HTTPS_SPIFFE -> keys.keys();
                    case HTTPS_WEB -> {
                        FileKeys files =
                                FileKeys.of(
                                        new TlsFiles(
                                                null,
                                                Objects.requireNonNull(settings.certificateFile()),
                                                Objects.requireNonNull(settings.keyFile())),
                                        LOOK_AT_FILES);
                        fileKeys = files;
                        yield files;
                    }
                };
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {shown}, null, null);
        return context;
    }

    synchronized void stop() {
        Server made = server;
        server = null;
        if (made != null) {
            try {
                made.stop();
            } catch (Exception e) {
                LOG.warn("the bundle endpoint did not stop cleanly", e);
            }
        }
    }
}
