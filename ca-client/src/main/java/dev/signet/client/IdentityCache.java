package dev.signet.client;

import dev.signet.client.internal.EncryptedFile;
import dev.signet.client.rotation.RenewalWindow;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Reads and writes an identity as the content of the encrypted file. A cache helps or does
/// nothing: its failures are logged, never thrown.
final class IdentityCache {

    private static final System.Logger LOG = System.getLogger(IdentityCache.class.getName());
    private static final int FORMAT = 1;
    private static final int MAX_CERTIFICATES = 1000;

    private final @Nullable EncryptedFile file;

    IdentityCache(@Nullable DiskCache cache) {
        this.file = cache == null ? null : cache.file();
    }

    /// What was kept; null when there is nothing of use. Its chain is not verified yet.
    @Nullable IssuedIdentity load() {
        if (file == null) {
            return null;
        }
        try {
            byte[] content = file.read();
            return content == null ? null : decode(content);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "identity cache {0} is not used: {1}",
                    file.file(),
                    e.getMessage());
            return null;
        }
    }

    void save(IssuedIdentity identity) {
        if (file == null) {
            return;
        }
        try {
            file.write(encode(identity));
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "identity cache {0} was not written: {1}",
                    file.file(),
                    e.toString());
        }
    }

    private static byte[] encode(IssuedIdentity identity) throws IOException, CertificateException {
        byte[] key = identity.svid().privateKey().getEncoded();
        if (key == null) {
            throw new IOException("private key does not leave its provider");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(FORMAT);
        writeBlock(out, key);
        writeCertificates(out, identity.svid().chain());
        out.writeLong(identity.window().start().toEpochMilli());
        out.writeLong(identity.window().end().toEpochMilli());
        TrustBundle bundle = identity.bundle();
        out.writeUTF(bundle.trustDomain().name());
        out.writeLong(bundle.version());
        out.writeLong(bundle.refreshHint().toSeconds());
        writeCertificates(out, bundle.authorities());
        return bytes.toByteArray();
    }

    private static IssuedIdentity decode(byte[] content) throws IOException, CertificateException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(content));
        int format = in.readByte();
        if (format != FORMAT) {
            throw new IOException("content has format " + format + " (expected: " + FORMAT + ")");
        }
        PrivateKey key = Pem.privateKey(readBlock(in));
        List<X509Certificate> chain = readCertificates(in);
        RenewalWindow window =
                new RenewalWindow(
                        Instant.ofEpochMilli(in.readLong()), Instant.ofEpochMilli(in.readLong()));
        TrustDomain domain = new TrustDomain(in.readUTF());
        long version = in.readLong();
        Duration refresh = Duration.ofSeconds(in.readLong());
        TrustBundle bundle = new TrustBundle(domain, version, readCertificates(in), refresh);
        if (chain.isEmpty()) {
            throw new IOException("content has no chain");
        }
        return new IssuedIdentity(
                new X509Svid(SvidVerifier.spiffeId(chain.get(0)), key, chain), bundle, window);
    }

    private static void writeCertificates(DataOutputStream out, List<X509Certificate> certificates)
            throws IOException, CertificateException {
        out.writeShort(certificates.size());
        for (X509Certificate certificate : certificates) {
            writeBlock(out, certificate.getEncoded());
        }
    }

    private static List<X509Certificate> readCertificates(DataInputStream in) throws IOException {
        int count = in.readShort();
        if (count < 0 || count > MAX_CERTIFICATES) {
            throw new IOException("content has " + count + " certificates");
        }
        List<X509Certificate> certificates = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            certificates.add(Pem.certificate(readBlock(in)));
        }
        return certificates;
    }

    private static void writeBlock(DataOutputStream out, byte[] block) throws IOException {
        out.writeInt(block.length);
        out.write(block);
    }

    private static byte[] readBlock(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > EncryptedFile.MAX_LENGTH) {
            throw new IOException("content has a block of " + length + " octets");
        }
        byte[] block = new byte[length];
        in.readFully(block);
        return block;
    }
}
