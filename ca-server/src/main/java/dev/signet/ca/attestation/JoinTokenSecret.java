package dev.signet.ca.attestation;

import dev.signet.ca.ledger.JoinTokenHash;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.CRC32;

/// Text form of a join token: `signet_join_`, 43 characters of 256 random bits, 6 characters of a
/// checksum. The prefix lets scanners find a leaked one; the checksum tells a mistyped one without
/// a look-up. It is no secret's protection: everybody can compute it.
final class JoinTokenSecret {

    static final String PREFIX = "signet_join_";

    private static final int RANDOM_OCTETS = 32;
    private static final int RANDOM_LENGTH = 43;
    private static final int CHECKSUM_LENGTH = 6;
    private static final int LENGTH = PREFIX.length() + RANDOM_LENGTH + CHECKSUM_LENGTH;
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private JoinTokenSecret() {}

    static String make(SecureRandom random) {
        byte[] octets = new byte[RANDOM_OCTETS];
        random.nextBytes(octets);
        String body = PREFIX + BASE64.encodeToString(octets);
        return body + checksum(body);
    }

    /// The hash by which a token is on record.
    ///
    /// @return empty when the text is no join token at all
    static Optional<JoinTokenHash> hash(String token) {
        if (token.length() != LENGTH || !token.startsWith(PREFIX)) {
            return Optional.empty();
        }
        int end = LENGTH - CHECKSUM_LENGTH;
        if (!token.substring(end).equals(checksum(token.substring(0, end)))) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new JoinTokenHash(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(token.getBytes(StandardCharsets.UTF_8))));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JDK has no SHA-256", e);
        }
    }

    private static String checksum(String body) {
        CRC32 crc = new CRC32();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return BASE64.encodeToString(
                ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array());
    }
}
