package dev.signet.ca.rest;

import dev.signet.ca.wire.HttpsConnections;
import dev.signet.ca.wire.ReadinessConditions;
import dev.signet.ca.wire.ServerKeys;

import jakarta.servlet.DispatcherType;

import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.SizeLimitHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.security.GeneralSecurityException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalInt;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/// The admin REST API's port: HTTPS with HTTP/1.1, client certificates asked for and not required.
/// Bound when the gRPC port is open; what is behind it starts in a thread of its own, so that the
/// first certificate does not wait for it, and connections wait meanwhile. Stops first.
/// Thread-safe.
final class RestServer implements SmartLifecycle, AdminPort {

    private static final Logger LOG = LoggerFactory.getLogger(RestServer.class);

    /// Of one request; a policy document is the largest.
    static final int MAX_BODY_OCTETS = 512 * 1024;

    private static final int MAX_HEADER_OCTETS = 16 * 1024;
    private static final int BACKLOG = 1024;
    private static final long STOP_MILLIS = 10_000;

    private final AdminSettings settings;
    private final ApplicationContext parent;
    private final ServerKeys keys;
    private @Nullable ServerSocketChannel channel;
    private @Nullable Server server;
    private @Nullable AnnotationConfigWebApplicationContext context;
    private @Nullable Thread starter;
    private volatile boolean running;
    private volatile String objection = "the admin API is starting";
    private volatile int port;

    RestServer(
            AdminSettings settings,
            ApplicationContext parent,
            ServerKeys keys,
            ReadinessConditions readiness) {
        this.settings = settings;
        this.parent = parent;
        this.keys = keys;
        if (settings.enabled()) {
            readiness.require(
                    "ADMIN_API_STARTING",
                    () -> objection.isEmpty() ? Optional.empty() : Optional.of(objection));
        }
    }

    /// As gRPC, which it is made after: so it starts after it and stops before it.
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public OptionalInt port() {
        return port == 0 ? OptionalInt.empty() : OptionalInt.of(port);
    }

    @Override
    public synchronized void start() {
        if (!settings.enabled()) {
            return;
        }
        InetSocketAddress address =
                settings.address().isEmpty()
                        ? new InetSocketAddress(settings.port())
                        : new InetSocketAddress(settings.address(), settings.port());
        try {
            ServerSocketChannel bound = ServerSocketChannel.open();
            channel = bound;
            bound.bind(address, BACKLOG);
            port = bound.socket().getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "signet.admin.port: cannot listen on port "
                            + settings.port()
                            + ": "
                            + e.getMessage(),
                    e);
        }
        running = true;
        starter = Thread.ofPlatform().name("signet-admin-start").daemon().start(this::serve);
    }

    private void serve() {
        try {
            Server made = make();
            made.start();
            objection = "";
            LOG.info("admin API on port {}", port);
        } catch (Exception e) {
            if (Thread.currentThread().isInterrupted()) {
                LOG.info("the admin API was stopped while it started");
                return;
            }
            objection = "the admin API did not start: " + e.getClass().getSimpleName();
            LOG.error("the admin API did not start", e);
        }
    }

    private Server make() throws GeneralSecurityException, IOException {
        AnnotationConfigWebApplicationContext web = new AnnotationConfigWebApplicationContext();
        web.setParent(parent);
        web.register(RestContext.class);

        VirtualThreadPool requests = new VirtualThreadPool();
        requests.setName("signet-admin");
        // A connection has one request at a time, and each of them may wait for its body.
        requests.setMaxConcurrentTasks(settings.limits().connections() * 2);
        QueuedThreadPool selectors = new QueuedThreadPool(8, 1);
        selectors.setName("signet-admin-io");
        selectors.setDaemon(true);
        selectors.setVirtualThreadsExecutor(requests);
        Server made = new Server(selectors);
        made.setStopTimeout(STOP_MILLIS);
        made.setErrorHandler(new JettyProblems());

        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setRequestHeaderSize(MAX_HEADER_OCTETS);
        http.setResponseHeaderSize(MAX_HEADER_OCTETS);
        http.setHttpCompliance(HttpCompliance.RFC9110);
        http.setUriCompliance(UriCompliance.RFC3986);
        http.setIdleTimeout(settings.limits().idle().toMillis());
        SecureRequestCustomizer secure = new SecureRequestCustomizer();
        secure.setSniHostCheck(false);
        http.addCustomizer(secure);

        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setSslContext(sslContext());
        tls.setWantClientAuth(true);
        tls.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        // RFC 9325 4.2: forward secrecy and AEAD only.
        tls.setIncludeCipherSuites(
                "TLS_AES_.*",
                "TLS_CHACHA20_.*",
                "TLS_ECDHE_.*_WITH_AES_(128|256)_GCM_.*",
                "TLS_ECDHE_.*_WITH_CHACHA20_POLY1305_.*");
        ServerConnector connector =
                new ServerConnector(
                        made,
                        1,
                        1,
                        new SslConnectionFactory(tls, "http/1.1"),
                        new HttpConnectionFactory(http));
        connector.setIdleTimeout(settings.limits().idle().toMillis());
        ServerSocketChannel bound = channel;
        if (bound == null) {
            throw new IOException("the port is closed");
        }
        connector.open(bound);
        made.addConnector(connector);

        ServletContextHandler servlets = new ServletContextHandler("/", false, false);
        servlets.setErrorHandler(new JettyProblems.ForServlets());
        web.setServletContext(servlets.getServletContext());
        web.refresh();
        context = web;
        DispatcherServlet dispatcher = new DispatcherServlet(web);
        dispatcher.setEnableLoggingRequestDetails(false);
        servlets.addFilter(
                new FilterHolder(web.getBean(FilterChainProxy.class)),
                "/*",
                EnumSet.of(DispatcherType.REQUEST));
        ServletHolder holder = new ServletHolder("api", dispatcher);
        holder.setInitOrder(0);
        servlets.addServlet(holder, "/");
        SizeLimitHandler bodies = new SizeLimitHandler(MAX_BODY_OCTETS, -1);
        bodies.setHandler(servlets);
        HttpsConnections connections =
                new HttpsConnections(
                        connector,
                        settings.limits().connections(),
                        settings.limits().requestTimeout(),
                        bodies);
        connector.addBean(connections, false);
        made.setHandler(connections);
        synchronized (this) {
            if (!running) {
                throw new IOException("stopped meanwhile");
            }
            server = made;
        }
        return made;
    }

    private SSLContext sslContext() throws GeneralSecurityException {
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(new KeyManager[] {keys.keys()}, new TrustManager[] {keys.clientTrust()}, null);
        return tls;
    }

    @Override
    public void stop() {
        Server made;
        Thread starting;
        synchronized (this) {
            running = false;
            objection = "the admin API has stopped";
            made = server;
            starting = starter;
        }
        try {
            if (starting != null) {
                starting.join(STOP_MILLIS);
            }
            if (made != null) {
                made.stop();
            }
            ServerSocketChannel bound = channel;
            if (bound != null) {
                bound.close();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("the admin API did not stop cleanly", e);
        } finally {
            AnnotationConfigWebApplicationContext web = context;
            if (web != null) {
                web.close();
            }
        }
    }

    /// For tests: what is behind the port, once it serves.
    ApplicationContext context() {
        AnnotationConfigWebApplicationContext web = context;
        if (web == null) {
            throw new IllegalStateException(objection);
        }
        return web;
    }
}
