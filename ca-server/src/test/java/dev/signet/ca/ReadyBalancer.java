package dev.signet.ca;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// What a Service is to its callers: each new connection goes to one of the replicas that were
/// ready when they were last asked, one after the other; open connections stay where they are.
/// Thread-safe.
final class ReadyBalancer implements AutoCloseable {

    private static final int PROBE_MILLIS = 50;

    private final ServerSocket socket;
    private final List<ServerRig> replicas;
    private final Set<ServerRig> ready = ConcurrentHashMap.newKeySet();
    private final Map<ServerRig, AtomicInteger> connections = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();
    private final Thread prober;

    ReadyBalancer(List<ServerRig> replicas) throws IOException {
        this.replicas = replicas;
        this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        replicas.forEach(replica -> connections.put(replica, new AtomicInteger()));
        prober = Thread.ofVirtual().start(this::probe);
        var _ = Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    /// How many are ready.
    int ready() {
        return ready.size();
    }

    /// Connections that a replica has been given.
    int given(ServerRig replica) {
        AtomicInteger count = connections.get(replica);
        return count == null ? 0 : count.get();
    }

    private void probe() {
        while (!socket.isClosed()) {
            for (ServerRig replica : replicas) {
                boolean now;
                try {
                    now = replica.get("/readyz").statusCode() == 200;
                } catch (Exception e) {
                    now = false;
                }
                if (now) {
                    ready.add(replica);
                } else {
                    ready.remove(replica);
                }
            }
            try {
                Thread.sleep(PROBE_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void accept() {
        while (true) {
            try {
                Socket client = socket.accept();
                List<ServerRig> usable = replicas.stream().filter(ready::contains).toList();
                if (usable.isEmpty()) {
                    client.close();
                    continue;
                }
                ServerRig replica = usable.get(next.getAndIncrement() % usable.size());
                connections.get(replica).incrementAndGet();
                Socket server =
                        new Socket(InetAddress.getLoopbackAddress(), replica.server.grpcPort());
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                pump(client, server);
                pump(server, client);
            } catch (IOException e) {
                if (socket.isClosed()) {
                    return;
                }
            }
        }
    }

    private static void pump(Socket from, Socket to) {
        var _ =
                Thread.ofVirtual()
                        .start(() -> {
                            try (from;
                                    to;
                                    InputStream in = from.getInputStream();
                                    OutputStream out = to.getOutputStream()) {
                                in.transferTo(out);
                            } catch (IOException e) {
                                // The other direction has ended, and both sockets with it.
                            }
                        });
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        prober.interrupt();
    }
}
