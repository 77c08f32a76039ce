package dev.signet.client;

import dev.signet.client.internal.EcPrivateKeys;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/// A private key and the certificate chain for it: what a workload proves its identity with.
/// Immutable. An instance that this library gives out was verified: the chain belongs to the key
/// and ended in the trust bundle of its domain.
public final class X509Svid {

    private final SpiffeId spiffeId;
    private final PrivateKey privateKey;
    private final List<X509Certificate> chain;
    private final String serialNumber;

    X509Svid(SpiffeId spiffeId, PrivateKey privateKey, List<X509Certificate> chain) {
        this.spiffeId = spiffeId;
        this.chain = List.copyOf(chain);
        this.privateKey = EcPrivateKeys.withPublicKey(privateKey, this.chain.get(0).getPublicKey());
        byte[] serial = this.chain.get(0).getSerialNumber().toByteArray();
        this.serialNumber = HexFormat.of().formatHex(serial);
    }

    public SpiffeId spiffeId() {
        return spiffeId;
    }

    /// A secret. Its encoding is PKCS#8, of an EC key with the public key in it (RFC 5915 3), which
    /// GnuTLS and ring require.
    public PrivateKey privateKey() {
        return privateKey;
    }

    /// Leaf first, then each intermediate, without the root.
    public List<X509Certificate> chain() {
        return chain;
    }

    public X509Certificate leaf() {
        return chain.get(0);
    }

    /// Lower-case hexadecimal digits, as the CA's ledger shows it.
    public String serialNumber() {
        return serialNumber;
    }

    public Instant notBefore() {
        return leaf().getNotBefore().toInstant();
    }

    /// The last instant at which every peer takes the certificate as valid.
    public Instant notAfter() {
        return leaf().getNotAfter().toInstant();
    }

    /// The chain as PEM text.
    public String chainPem() {
        return Pem.encode(chain);
    }

    /// The private key as PEM text, PKCS#8 as [#privateKey()]. A secret: write it with mode 0600
    /// and nowhere else.
    public String privateKeyPem() {
        return Pem.encode(privateKey);
    }

    @Override
    public String toString() {
        return spiffeId + " serial " + serialNumber + " until " + notAfter();
    }
}
