package dev.signet.ca.wire;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// A client of HTTP/2 that sends what it is told, frame by frame. For one thread that writes and
/// one that reads.
final class RawHttp2 implements AutoCloseable {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int GOAWAY = 7;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    private final SSLSocket socket;
    private final DataOutputStream out;
    private final DataInputStream in;

    record Frame(int type, int flags, int stream, byte[] payload) {

        /// Of RST_STREAM and GOAWAY.
        long errorCode() {
            int at = type == GOAWAY ? 4 : 0;
            return ((payload[at] & 0xffL) << 24)
                    | ((payload[at + 1] & 0xffL) << 16)
                    | ((payload[at + 2] & 0xffL) << 8)
                    | (payload[at + 3] & 0xffL);
        }
    }

    RawHttp2(int port) throws Exception {
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, new TrustManager[] {new TrustingAll()}, null);
        socket = (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", port);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(20_000);
        socket.startHandshake();
        out = new DataOutputStream(new java.io.BufferedOutputStream(socket.getOutputStream()));
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        send(SETTINGS, 0, 0, new byte[0]);
        flush();
    }

    void send(int type, int flags, int stream, byte[] payload) throws IOException {
        out.writeByte(payload.length >> 16);
        out.writeShort(payload.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
    }

    void flush() throws IOException {
        out.flush();
    }

    /// A call's HEADERS.
    void call(int stream, String method, String authorization) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        field(block, ":method", "POST");
        field(block, ":scheme", "https");
        field(block, ":path", "/" + method);
        field(block, ":authority", "localhost");
        field(block, "content-type", "application/grpc");
        field(block, "te", "trailers");
        if (!authorization.isEmpty()) {
            field(block, "authorization", authorization);
        }
        send(HEADERS, END_HEADERS, stream, block.toByteArray());
    }

    /// An empty message, and the end of the call.
    void emptyMessage(int stream) throws IOException {
        send(DATA, END_STREAM, stream, new byte[5]);
    }

    /// Literal without indexing, new name (RFC 7541 6.2.2).
    private static void field(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        for (String text : new String[] {name, value}) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            if (bytes.length > 126) {
                throw new IllegalArgumentException(text);
            }
            block.write(bytes.length);
            block.writeBytes(bytes);
        }
    }

    /// @throws EOFException at the end of the connection
    Frame read() throws IOException {
        int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt() & 0x7fffffff;
        byte[] payload = new byte[length];
        in.readFully(payload);
        return new Frame(type, flags, stream, payload);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static final class TrustingAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
