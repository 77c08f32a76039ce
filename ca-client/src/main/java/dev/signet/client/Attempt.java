package dev.signet.client;

import dev.signet.client.internal.CertificationRequest;
import dev.signet.client.internal.RequestId;

import org.jspecify.annotations.Nullable;

import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;

/// One wish for a certificate, sent as often as it takes: the same request id with the same
/// certification request and key gets the same certificate, so an answer that was lost is not lost.
/// Immutable; holds a private key.
final class Attempt {

    private final KeyPair keys;
    private final byte[] csr;
    private final String requestId;
    private final @Nullable Duration lifetime;
    private final @Nullable SpiffeId spiffeId;

    private Attempt(
            KeyPair keys,
            byte[] csr,
            String requestId,
            @Nullable Duration lifetime,
            @Nullable SpiffeId spiffeId) {
        this.keys = keys;
        this.csr = csr;
        this.requestId = requestId;
        this.lifetime = lifetime;
        this.spiffeId = spiffeId;
    }

    static Attempt with(
            KeyPair keys,
            Instant now,
            @Nullable Duration lifetime,
            @Nullable SpiffeId spiffeId,
            SecureRandom random) {
        return new Attempt(
                keys,
                CertificationRequest.encode(keys, random),
                RequestId.next(now, random).toString(),
                lifetime,
                spiffeId);
    }

    KeyPair keys() {
        return keys;
    }

    byte[] csr() {
        return csr.clone();
    }

    String requestId() {
        return requestId;
    }

    @Nullable Duration lifetime() {
        return lifetime;
    }

    @Nullable SpiffeId spiffeId() {
        return spiffeId;
    }
}
