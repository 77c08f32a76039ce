package dev.signet.ca.wire;

import dev.signet.ca.wire.ConnectionPlaces.Place;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// Places and deadlines of the connections of an HTTPS port that Jetty serves: a request is whole,
/// head and body, within a time, or its connection ends; until then its place may go to another
/// connection ([ConnectionPlaces]). Jetty's own idle timeout begins again with each byte. Be the
/// outermost handler, and a bean of the connector. Thread-safe.
public final class HttpsConnections extends Handler.Wrapper implements Connection.Listener {

    private static final String ATTRIBUTE = "dev.signet.connection";

    private final ServerConnector connector;
    private final ConnectionPlaces places;
    private final Duration requestTimeout;
    private final Map<EndPoint, Held> open = new ConcurrentHashMap<>();

    /// @param connections maximum number at the same time
    /// @param requestTimeout from accept, or from the last answer, to a whole request
    public HttpsConnections(
            ServerConnector connector, int connections, Duration requestTimeout, Handler next) {
        super(next);
        this.connector = connector;
        this.places =
                new ConnectionPlaces(
                        new ConnectionPlaces.Limits(connections, connections, connections));
        this.requestTimeout = requestTimeout;
    }

    /// One connection, as those who handle its requests see it. Thread-safe.
    public final class Held {
        private final EndPoint endPoint;
        private @Nullable Place place;
        private Scheduler.@Nullable Task deadline;
        private boolean closed;

        private Held(EndPoint endPoint) {
            this.endPoint = endPoint;
        }

        /// The body of the connection's request has been read to its end, or there is none.
        public synchronized void requestRead() {
            stopWaiting();
            if (place != null) {
                place.busy();
            }
        }

        private synchronized void await() {
            stopWaiting();
            if (!closed) {
                deadline =
                        connector
                                .getScheduler()
                                .schedule(
                                        endPoint::close,
                                        requestTimeout.toNanos(),
                                        TimeUnit.NANOSECONDS);
            }
        }

        private synchronized void answered() {
            if (place != null) {
                place.idle();
            }
            await();
        }

        private synchronized void close() {
            closed = true;
            stopWaiting();
            if (place != null) {
                place.leave();
            }
        }

        private void stopWaiting() {
            if (deadline != null) {
                deadline.cancel();
                deadline = null;
            }
        }
    }

    /// Of the request with these attributes.
    ///
    /// @return null: the request came another way
    public static @Nullable Held of(jakarta.servlet.ServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Held held ? held : null;
    }

    @Override
    public void onOpened(Connection connection) {
        if (!(connection instanceof SslConnection tls)) {
            return;
        }
        EndPoint outer = tls.getEndPoint();
        Held held = new Held(outer);
        open.put(tls.getSslEndPoint(), held);
        Place place =
                outer.getRemoteSocketAddress() instanceof InetSocketAddress peer
                        ? places.enter(peer.getAddress(), outer::close)
                        : null;
        if (place == null) {
            outer.close();
            return;
        }
        synchronized (held) {
            held.place = place;
        }
        held.await();
    }

    @Override
    public void onClosed(Connection connection) {
        if (connection instanceof SslConnection tls) {
            Held held = open.remove(tls.getSslEndPoint());
            if (held != null) {
                held.close();
            }
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Held held = open.get(request.getConnectionMetaData().getConnection().getEndPoint());
        if (held != null) {
            request.setAttribute(ATTRIBUTE, held);
            if (request.getLength() == 0 || !hasBody(request)) {
                held.requestRead();
            }
            Request.addCompletionListener(request, _ -> held.answered());
        }
        return super.handle(request, response, callback);
    }

    private static boolean hasBody(Request request) {
        return request.getLength() > 0 || request.getHeaders().contains("Transfer-Encoding");
    }
}
