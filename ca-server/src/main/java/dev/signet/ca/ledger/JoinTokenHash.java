package dev.signet.ca.ledger;

import java.util.Arrays;
import java.util.HexFormat;

/// SHA-256 of a join token: what is kept of it. Immutable.
public final class JoinTokenHash {

    private static final int LENGTH = 32;

    private final byte[] octets;

    /// @param octets 32 octets
    public JoinTokenHash(byte[] octets) {
        if (octets.length != LENGTH) {
            throw new IllegalArgumentException(
                    "hash has " + octets.length + " octets (expected: 32)");
        }
        this.octets = octets.clone();
    }

    public byte[] octets() {
        return octets.clone();
    }

    /// Public name of the token: 16 hexadecimal digits of the hash, useless for guessing it.
    public String tokenId() {
        return HexFormat.of().formatHex(octets, 0, 8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JoinTokenHash that && Arrays.equals(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        return tokenId();
    }
}
