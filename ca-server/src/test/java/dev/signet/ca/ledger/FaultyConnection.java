package dev.signet.ca.ledger;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// A TCP proxy between pgjdbc and PostgreSQL that reads the wire protocol and can cut the line at a
/// chosen statement: before it reaches the server (lost), or when the server has carried it out and
/// before the client hears of it (persisted although an error was seen).
///
/// Each fault happens once; connections made afterwards are whole.
final class FaultyConnection implements AutoCloseable {

    enum Moment {
        BEFORE_IT_IS_SENT,
        AFTER_IT_WAS_CARRIED_OUT
    }

    /// @param text that the statement begins with
    record Fault(String text, Moment moment) {}

    private final ServerSocket listener;
    private final int serverPort;
    private final AtomicReference<Fault> armed = new AtomicReference<>();
    private final AtomicInteger happened = new AtomicInteger();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean refusing;

    FaultyConnection(int serverPort) throws IOException {
        this.serverPort = serverPort;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /// The same URL through this proxy.
    String url(String url) {
        return url.replaceFirst(":" + serverPort + "/", ":" + listener.getLocalPort() + "/")
                + "?sslmode=disable&gssEncMode=disable";
    }

    void arm(Fault fault) {
        armed.set(fault);
    }

    int faultsHappened() {
        return happened.get();
    }

    /// Cuts every line and lets none be made: the host is gone.
    void goAway() throws IOException {
        refusing = true;
        cutAll();
    }

    void comeBack() {
        refusing = false;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cutAll();
    }

    private void cutAll() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                if (refusing) {
                    client.close();
                    continue;
                }
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(server);
                Line line = new Line(client, server);
                Thread.ofVirtual().start(line::fromClient);
                Thread.ofVirtual().start(line::fromServer);
            }
        } catch (IOException _) {
            // closed
        }
    }

    /// One connection. The client's messages are read one by one; what the server says is passed on
    /// unless the fault has struck.
    private final class Line {
        private final Socket client;
        private final Socket server;
        private final Map<String, String> statements = new HashMap<>();
        private volatile boolean deaf;

        private Line(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        private void fromClient() {
            try {
                DataInputStream in =
                        new DataInputStream(new BufferedInputStream(client.getInputStream()));
                OutputStream out = server.getOutputStream();
                int startLength = in.readInt();
                out.write(message(null, startLength, in.readNBytes(startLength - 4)));
                while (true) {
                    char type = (char) in.readUnsignedByte();
                    int length = in.readInt();
                    byte[] body = in.readNBytes(length - 4);
                    Fault fault = armed.get();
                    String statement = statement(type, body);
                    if (fault != null
                            && statement != null
                            && statement.stripLeading().startsWith(fault.text())
                            && armed.compareAndSet(fault, null)) {
                        happened.incrementAndGet();
                        switch (fault.moment()) {
                            case BEFORE_IT_IS_SENT -> {
                                cut();
                                return;
                            }
                            case AFTER_IT_WAS_CARRIED_OUT -> deaf = true;
                        }
                    }
                    out.write(message(type, length, body));
                }
            } catch (IOException _) {
                cut();
            }
        }

        /// What is about to be run: the text of a simple query, or of what a Bind names.
        private String statement(char type, byte[] body) {
            switch (type) {
                case 'Q' -> {
                    return text(body, 0);
                }
                case 'P' -> {
                    String name = text(body, 0);
                    statements.put(name, text(body, name.length() + 1));
                    return null;
                }
                case 'B' -> {
                    String portal = text(body, 0);
                    return statements.get(text(body, portal.length() + 1));
                }
                default -> {
                    return null;
                }
            }
        }

        private void fromServer() {
            try {
                DataInputStream in =
                        new DataInputStream(new BufferedInputStream(server.getInputStream()));
                OutputStream out = client.getOutputStream();
                while (true) {
                    char type = (char) in.readUnsignedByte();
                    int length = in.readInt();
                    byte[] body = in.readNBytes(length - 4);
                    if (deaf) {
                        if (type == 'Z') { // ready for the next query: this one is done
                            cut();
                            return;
                        }
                    } else {
                        out.write(message(type, length, body));
                    }
                }
            } catch (IOException _) {
                cut();
            }
        }

        private void cut() {
            try (client;
                    server) {
                sockets.remove(client);
                sockets.remove(server);
            } catch (IOException _) {
                // gone
            }
        }

        private static byte[] message(Character type, int length, byte[] body) {
            byte[] message = new byte[(type == null ? 0 : 1) + 4 + body.length];
            int i = 0;
            if (type != null) {
                message[i++] = (byte) type.charValue();
            }
            message[i++] = (byte) (length >>> 24);
            message[i++] = (byte) (length >>> 16);
            message[i++] = (byte) (length >>> 8);
            message[i++] = (byte) length;
            System.arraycopy(body, 0, message, i, body.length);
            return message;
        }

        private static String text(byte[] body, int from) {
            int end = from;
            while (body[end] != 0) {
                end++;
            }
            return new String(body, from, end - from, StandardCharsets.ISO_8859_1);
        }
    }
}
