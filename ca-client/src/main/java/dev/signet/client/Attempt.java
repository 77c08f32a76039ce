package dev.signet.client;

import dev.signet.client.internal.CertificationRequest;
import dev.signet.client.internal.RequestId;

import org.jspecify.annotations.Nullable;

import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Instant;

/// One request for a certificate, sent as often as it takes: the same request id with the same
/// certification request and key gets the same certificate, so an answer that was lost is not lost.
/// Immutable; may hold a private key.
final class Attempt {

    private final PublicKey publicKey;
    private final @Nullable PrivateKey privateKey;
    private final byte[] csr;
    private final String requestId;
    private final IssueRequest requested;

    private Attempt(
            PublicKey publicKey,
            @Nullable PrivateKey privateKey,
            byte[] csr,
            String requestId,
            IssueRequest requested) {
        this.publicKey = publicKey;
        this.privateKey = privateKey;
        this.csr = csr;
        this.requestId = requestId;
        this.requested = requested;
    }

    static Attempt with(KeyPair keys, Instant now, IssueRequest requested, SecureRandom random) {
        return new Attempt(
                keys.getPublic(),
                keys.getPrivate(),
                CertificationRequest.encode(keys, random),
                RequestId.next(now, random).toString(),
                requested);
    }

    /// For a key that is elsewhere.
    static Attempt with(
            byte[] csr,
            PublicKey publicKey,
            Instant now,
            IssueRequest requested,
            SecureRandom random) {
        return new Attempt(
                publicKey, null, csr.clone(), RequestId.next(now, random).toString(), requested);
    }

    PublicKey publicKey() {
        return publicKey;
    }

    /// @throws IllegalStateException when it is elsewhere
    PrivateKey privateKey() {
        PrivateKey key = privateKey;
        if (key == null) {
            throw new IllegalStateException("the private key is elsewhere");
        }
        return key;
    }

    byte[] csr() {
        return csr.clone();
    }

    String requestId() {
        return requestId;
    }

    /// What is asked for; its type of key has been served.
    IssueRequest requested() {
        return requested;
    }
}
