package dev.signet.ca;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// Another program's TLS as the client of a gRPC call: it sends the octets of a call over a
/// connection with a client certificate.
interface TlsPeer {

    /// @return the program's command
    List<String> command(int port, Path bundle, Path certificates, Path key, Path request)
            throws IOException;

    /// Those whose programs are on the PATH; the others are named on standard error.
    ///
    /// @param directory where programs may be built
    static Map<String, TlsPeer> present(Path directory) throws Exception {
        Map<String, TlsPeer> peers = new java.util.TreeMap<>();
        if (isPresent("openssl", "version")) {
            peers.put("openssl", TlsPeer::openssl);
        }
        if (isPresent("python3", "-c", "import ssl")) {
            String script = resource("pipe.py").toString();
            peers.put(
                    "python3",
                    (port, bundle, certificates, key, request) ->
                            arguments(
                                    List.of("python3", script),
                                    port,
                                    bundle,
                                    certificates,
                                    key,
                                    request));
        }
        if (isPresent("go", "version")) {
            String program = directory.resolve("pipe").toString();
            Process build =
                    new ProcessBuilder("go", "build", "-o", program, resource("pipe.go").toString())
                            .inheritIO()
                            .start();
            if (build.waitFor() != 0) {
                throw new IllegalStateException("pipe.go does not build");
            }
            peers.put(
                    "go",
                    (port, bundle, certificates, key, request) ->
                            arguments(List.of(program), port, bundle, certificates, key, request));
        }
        for (String name : List.of("openssl", "python3", "go")) {
            if (!peers.containsKey(name)) {
                System.err.println("SKIPPED: no " + name + " on the PATH, not tried as a peer");
            }
        }
        return peers;
    }

    /// One call over a connection of its own.
    ///
    /// @param message protobuf
    /// @return the answer's message
    default byte[] call(
            Path directory,
            int port,
            String method,
            byte[] message,
            Path bundle,
            Path certificates,
            Path key)
            throws Exception {
        Path request = Files.write(directory.resolve("request"), http2(method, message));
        Path errors = directory.resolve("stderr");
        Process process =
                new ProcessBuilder(command(port, bundle, certificates, key, request))
                        .redirectInput(request.toFile())
                        .redirectError(errors.toFile())
                        .start();
        try (InputStream out = process.getInputStream()) {
            byte[] answer = answer(out);
            if (answer.length < 5) {
                throw new IllegalStateException("refused: " + Files.readString(errors));
            }
            return java.util.Arrays.copyOfRange(answer, 5, answer.length);
        } catch (IOException e) {
            process.waitFor(5, TimeUnit.SECONDS);
            throw new IllegalStateException("no answer: " + Files.readString(errors), e);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static List<String> openssl(
            int port, Path bundle, Path certificates, Path key, Path request) throws IOException {
        String chain = Files.readString(certificates);
        Path issuers =
                Files.writeString(
                        request.resolveSibling("issuers.pem"),
                        chain.substring(chain.lastIndexOf("-----BEGIN")));
        return List.of(
                "openssl",
                "s_client",
                "-quiet",
                "-tls1_3",
                "-alpn",
                "h2",
                "-verify_return_error",
                "-connect",
                "127.0.0.1:" + port,
                "-CAfile",
                bundle.toString(),
                "-cert",
                certificates.toString(),
                "-cert_chain",
                issuers.toString(),
                "-key",
                key.toString());
    }

    private static List<String> arguments(
            List<String> program,
            int port,
            Path bundle,
            Path certificates,
            Path key,
            Path request) {
        List<String> command = new ArrayList<>(program);
        command.addAll(
                List.of(
                        Integer.toString(port),
                        bundle.toString(),
                        certificates.toString(),
                        key.toString(),
                        request.toString()));
        return command;
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(TlsPeer.class.getResource("/peers/" + name)).toURI());
    }

    private static boolean isPresent(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /// A connection's preface and one call, by prior knowledge (RFC 9113 3.4).
    private static byte[] http2(String method, byte[] message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(out, 4, 0, 0, new byte[0]);
        ByteArrayOutputStream headers = new ByteArrayOutputStream();
        header(headers, ":method", "POST");
        header(headers, ":scheme", "https");
        header(headers, ":path", "/" + method);
        header(headers, ":authority", "localhost");
        header(headers, "content-type", "application/grpc");
        header(headers, "te", "trailers");
        frame(out, 1, 4, 1, headers.toByteArray());
        frame(
                out,
                0,
                1,
                1,
                ByteBuffer.allocate(5 + message.length)
                        .put((byte) 0)
                        .putInt(message.length)
                        .put(message)
                        .array());
        return out.toByteArray();
    }

    private static void frame(
            ByteArrayOutputStream out, int type, int flags, int stream, byte[] payload) {
        out.writeBytes(
                ByteBuffer.allocate(9)
                        .put((byte) (payload.length >> 16))
                        .putShort((short) payload.length)
                        .put((byte) type)
                        .put((byte) flags)
                        .putInt(stream)
                        .array());
        out.writeBytes(payload);
    }

    /// Literal, never indexed (RFC 7541 6.2.3).
    private static void header(ByteArrayOutputStream out, String name, String value) {
        out.write(0x10);
        out.write(name.length());
        out.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        out.write(value.length());
        out.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    /// The DATA of stream 1 up to its end.
    private static byte[] answer(InputStream in) throws IOException {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        DataInputStream frames = new DataInputStream(in);
        while (true) {
            int length = frames.readUnsignedByte() << 16 | frames.readUnsignedShort();
            int type = frames.readUnsignedByte();
            int flags = frames.readUnsignedByte();
            int stream = frames.readInt();
            byte[] payload = frames.readNBytes(length);
            if (stream == 1 && type == 0) {
                data.writeBytes(payload);
            }
            if (stream == 1 && type <= 1 && (flags & 1) != 0) {
                return data.toByteArray();
            }
        }
    }
}
