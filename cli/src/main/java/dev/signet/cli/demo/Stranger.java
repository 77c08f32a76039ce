package dev.signet.cli.demo;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// Somebody who tries to get in. It believes any server, so that whoever refuses is the server.
final class Stranger {

    private static final Pattern ALERT = Pattern.compile("fatal alert: ([a-z_]+)");
    private static final int TIMEOUT_MILLIS = 10_000;

    private final KeyManager @Nullable [] keys;

    private Stranger(KeyManager @Nullable [] keys) {
        this.keys = keys;
    }

    /// Speaks TLS and shows no certificate.
    static Stranger withoutCertificate() {
        return new Stranger(null);
    }

    /// Shows a valid certificate of somebody else.
    static Stranger with(X509ExtendedKeyManager identity) {
        return new Stranger(new KeyManager[] {identity});
    }

    /// Shows a certificate that it made itself, with somebody else's name in it.
    static Stranger selfSigned(String spiffeId, Instant now)
            throws GeneralSecurityException, IOException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "own",
                pair.getPrivate(),
                new char[0],
                new X509Certificate[] {certificate(pair, spiffeId, now)});
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return new Stranger(factory.getKeyManagers());
    }

    private static X509Certificate certificate(KeyPair pair, String spiffeId, Instant now)
            throws GeneralSecurityException, CertIOException {
        X500Name nobody = new X500Name("O=Nobody");
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            new JcaX509v3CertificateBuilder(
                                            nobody,
                                            new java.math.BigInteger(
                                                    64, new java.security.SecureRandom()),
                                            Date.from(now.minus(Duration.ofMinutes(1))),
                                            Date.from(now.plus(Duration.ofHours(1))),
                                            nobody,
                                            pair.getPublic())
                                    .addExtension(
                                            Extension.keyUsage,
                                            true,
                                            new KeyUsage(KeyUsage.digitalSignature))
                                    .addExtension(
                                            Extension.extendedKeyUsage,
                                            false,
                                            new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth))
                                    .addExtension(
                                            Extension.subjectAlternativeName,
                                            false,
                                            new GeneralNames(
                                                    new GeneralName(
                                                            GeneralName.uniformResourceIdentifier,
                                                            spiffeId)))
                                    .build(
                                            new JcaContentSignerBuilder("SHA256withECDSA")
                                                    .build(pair.getPrivate())));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    /// Tries to open a gRPC connection.
    ///
    /// @return what it was told; null: it got in
    @Nullable String knock(int port) throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys, new TrustManager[] {new Credulous()}, null);
        try (Socket socket = context.getSocketFactory().createSocket("localhost", port)) {
            SSLSocket tls = (SSLSocket) socket;
            tls.setSoTimeout(TIMEOUT_MILLIS);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            tls.setSSLParameters(parameters);
            tls.startHandshake();
            // With TLS 1.3 a client learns only now what the server thinks of its certificate.
            tls.getOutputStream()
                    .write(
                            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
                                    .getBytes(StandardCharsets.US_ASCII));
            tls.getOutputStream().flush();
            // A server's first frame is its settings (RFC 9113 3.4); it is sent before it judges,
            // so what counts is whether ours are acknowledged.
            return acknowledged(tls) ? null : "connection closed";
        } catch (SSLException e) {
            return told(String.valueOf(e.getMessage()));
        } catch (java.net.SocketException e) {
            return "connection closed";
        }
    }

    /// `TLS alert certificate_required`, whatever words Java puts around it.
    private static String told(String message) {
        Matcher alert = ALERT.matcher(message);
        return alert.find() ? "TLS alert " + alert.group(1) : message;
    }

    private static boolean acknowledged(SSLSocket tls) throws IOException {
        var in = new java.io.DataInputStream(tls.getInputStream());
        try {
            while (true) {
                byte[] head = new byte[9];
                in.readFully(head);
                int length = ((head[0] & 0xff) << 16) | ((head[1] & 0xff) << 8) | (head[2] & 0xff);
                in.skipNBytes(length);
                boolean settings = head[3] == 4;
                boolean acknowledgement = (head[4] & 1) != 0;
                if (settings && acknowledgement) {
                    return true;
                }
            }
        } catch (java.io.EOFException e) {
            return false;
        }
    }

    private static final class Credulous extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(
                X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(
                X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
