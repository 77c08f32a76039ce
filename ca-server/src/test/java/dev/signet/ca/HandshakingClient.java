package dev.signet.ca;

import dev.signet.client.PeerPredicate;
import dev.signet.client.WorkloadIdentity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// A client that handshakes with a service over and over and counts what came of it.
abstract class HandshakingClient {

    final String name;
    final AtomicInteger succeeded = new AtomicInteger();
    final AtomicInteger failed = new AtomicInteger();

    HandshakingClient(String name) {
        this.name = name;
    }

    final void handshake(int port) throws InterruptedException {
        try {
            connect(port);
            succeeded.incrementAndGet();
        } catch (IOException _) {
            failed.incrementAndGet();
        }
    }

    /// @throws IOException when there is no connection to a service that it trusts
    abstract void connect(int port) throws IOException, InterruptedException;

    /// From now on it trusts these.
    abstract void trust(List<X509Certificate> roots) throws Exception;

    private static void greet(SSLContext context, int port) throws IOException {
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setSoTimeout(5_000);
            socket.startHandshake();
            if (socket.getInputStream().read() != 1) {
                throw new IOException("the service did not greet");
            }
            socket.getSession().invalidate();
        }
    }

    /// The JDK's own TLS.
    static final class Jsse extends HandshakingClient {

        private volatile SSLContext context;

        Jsse(String name) {
            super(name);
        }

        @Override
        void connect(int port) throws IOException {
            greet(context, port);
        }

        @Override
        void trust(List<X509Certificate> roots) throws Exception {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int i = 0; i < roots.size(); i++) {
                store.setCertificateEntry("r" + i, roots.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            SSLContext fresh = SSLContext.getInstance("TLS");
            fresh.init(null, factory.getTrustManagers(), null);
            context = fresh;
        }
    }

    /// A process of `openssl s_client` for each handshake, with the bundle in a file.
    static final class Openssl extends HandshakingClient {

        private final Path bundle;

        Openssl(String name, Path directory) {
            super(name);
            this.bundle = directory.resolve(name + ".pem");
        }

        @Override
        void connect(int port) throws IOException, InterruptedException {
            Process process =
                    new ProcessBuilder(
                                    "openssl",
                                    "s_client",
                                    "-connect",
                                    "127.0.0.1:" + port,
                                    "-CAfile",
                                    bundle.toString(),
                                    "-verify_return_error",
                                    "-brief")
                            .redirectInput(Path.of("/dev/null").toFile())
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("openssl does not end");
            }
            if (process.exitValue() != 0) {
                throw new IOException("openssl ended with " + process.exitValue());
            }
        }

        @Override
        void trust(List<X509Certificate> roots) throws Exception {
            StringBuilder pem = new StringBuilder();
            for (X509Certificate root : roots) {
                pem.append("-----BEGIN CERTIFICATE-----\n")
                        .append(Base64.getMimeEncoder().encodeToString(root.getEncoded()))
                        .append("\n-----END CERTIFICATE-----\n");
            }
            // A process that starts now reads the one or the other, never a part.
            Path fresh = Files.writeString(bundle.resolveSibling(name + ".new"), pem);
            Files.move(fresh, bundle, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /// The client library, which learns of a new root by its watch and says so by itself.
    static final class OfLibrary extends HandshakingClient {

        private final SSLContext context;

        OfLibrary(String name, WorkloadIdentity identity) {
            super(name);
            this.context = identity.sslContext(PeerPredicate.anyTrusted());
        }

        @Override
        void connect(int port) throws IOException {
            greet(context, port);
        }

        @Override
        void trust(List<X509Certificate> roots) {
            throw new UnsupportedOperationException("it reloads by itself");
        }
    }
}
