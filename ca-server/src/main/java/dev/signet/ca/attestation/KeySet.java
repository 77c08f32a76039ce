package dev.signet.ca.attestation;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;

import dev.signet.ca.crypto.CryptoProvider;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;

/// An issuer's keys as read at one moment. Immutable.
final class KeySet {

    /// Largest JWK Set that is read, in octets.
    static final int MAX_OCTETS = 256 * 1024;

    private static final int MAX_KEYS = 64;

    /// More than these under one `kid`, or without one, are not tried.
    private static final int MAX_CANDIDATES = 4;

    private final List<VerificationKey> keys;

    private KeySet(List<VerificationKey> keys) {
        this.keys = List.copyOf(keys);
    }

    /// @param before the set that this one replaces: its unchanged keys are taken over, so that
    ///   what they verified stays verified
    /// @throws KeysUnavailableException when the octets are no JWK Set with a key to verify with
    static KeySet parse(byte[] jwks, @Nullable KeySet before, CryptoProvider crypto)
            throws KeysUnavailableException {
        JWKSet set;
        try {
            set = JWKSet.parse(new String(jwks, StandardCharsets.UTF_8));
        } catch (ParseException | RuntimeException _) {
            // The parser's message repeats the document, which may be somebody else's secret (R14).
            throw new KeysUnavailableException("what was read is no JWK Set");
        }
        List<VerificationKey> keys = new ArrayList<>();
        for (JWK jwk : set.getKeys()) {
            if (keys.size() < MAX_KEYS) {
                VerificationKey.of(jwk, crypto)
                        .map(key -> before == null ? key : before.sameOr(key))
                        .ifPresent(keys::add);
            }
        }
        if (keys.isEmpty()) {
            throw new KeysUnavailableException("the JWK Set has no key to verify signatures with");
        }
        return new KeySet(keys);
    }

    private VerificationKey sameOr(VerificationKey read) {
        for (VerificationKey key : keys) {
            if (key.isSameAs(read)) {
                return key;
            }
        }
        return read;
    }

    int size() {
        return keys.size();
    }

    boolean holds(VerificationKey key) {
        for (VerificationKey held : keys) {
            if (held == key) {
                return true;
            }
        }
        return false;
    }

    /// Keys that a token with this `kid` may be signed with.
    ///
    /// @param id null where the token names none: any key of the right kind may be meant
    List<VerificationKey> candidates(@Nullable String id, TokenAlgorithm algorithm) {
        List<VerificationKey> candidates = new ArrayList<>(1);
        for (VerificationKey key : keys) {
            if ((id == null || id.equals(key.id()))
                    && key.isFor(algorithm)
                    && candidates.size() < MAX_CANDIDATES) {
                candidates.add(key);
            }
        }
        return candidates;
    }

    boolean knows(String id) {
        for (VerificationKey key : keys) {
            if (id.equals(key.id())) {
                return true;
            }
        }
        return false;
    }
}
