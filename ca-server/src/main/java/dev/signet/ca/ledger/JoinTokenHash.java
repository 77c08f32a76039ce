package dev.signet.ca.ledger;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/// SHA-256 of a join token: what is kept of it. Immutable.
public final class JoinTokenHash {

    private static final int LENGTH = 32;
    private static final int PREFIX_LENGTH = 8;

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
        return HexFormat.of().formatHex(octets, 0, PREFIX_LENGTH);
    }

    /// The octets that a token id stands for.
    ///
    /// @return empty when the text is no token id
    public static Optional<byte[]> prefix(String tokenId) {
        try {
            return tokenId.length() == 2 * PREFIX_LENGTH
                            && tokenId.equals(tokenId.toLowerCase(Locale.ROOT))
                    ? Optional.of(HexFormat.of().parseHex(tokenId))
                    : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// The smallest hash of a token id.
    ///
    /// @param prefix what [#prefix] gave
    public static JoinTokenHash first(byte[] prefix) {
        return new JoinTokenHash(Arrays.copyOf(prefix, LENGTH));
    }

    /// The greatest hash of a token id.
    ///
    /// @param prefix what [#prefix] gave
    public static JoinTokenHash last(byte[] prefix) {
        byte[] octets = Arrays.copyOf(prefix, LENGTH);
        Arrays.fill(octets, prefix.length, LENGTH, (byte) 0xff);
        return new JoinTokenHash(octets);
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
