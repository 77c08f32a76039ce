package dev.signet.ca.certificate;

import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

/// A PKCS#10 certification request whose key was accepted and whose self-signature verified. Only
/// the key is taken from it (R10); what else it asks for is told back, not granted. Immutable.
///
/// @rfc 2986
public final class SigningRequest {

    /// Longest input that is looked at, in octets: an RSA 4096 request with a few attributes fits
    /// ten times.
    public static final int MAX_LENGTH = 16 * 1024;

    private final SubjectKey key;
    private final byte[] sha256;
    private final @Nullable RequestedContent requested;

    SigningRequest(SubjectKey key, byte[] sha256) {
        this(key, sha256, null);
    }

    SigningRequest(SubjectKey key, byte[] sha256, @Nullable RequestedContent requested) {
        this.key = key;
        this.sha256 = sha256;
        this.requested = requested;
    }

    /// What reading an input came to.
    public sealed interface Reading {
        /// The request is well-formed, its key acceptable, possession of the private key proved.
        record Accepted(SigningRequest request) implements Reading {}

        /// CSR_MALFORMED, CSR_SIGNATURE_INVALID or KEY_NOT_ACCEPTED.
        record Rejected(Refusal refusal) implements Reading {}
    }

    public SubjectKey key() {
        return key;
    }

    /// What it asks for beside its key; null: nothing. Never granted from here.
    public @Nullable RequestedContent requested() {
        return requested;
    }

    /// SHA-256 of the DER request: tells a retry from another request. 32 octets, not to be
    /// changed.
    public byte[] sha256() {
        return sha256;
    }
}
