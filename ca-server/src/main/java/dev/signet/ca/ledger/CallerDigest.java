package dev.signet.ca.ledger;

import dev.signet.ca.identity.EvidenceKind;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Who made a request, as 32 octets: SHA-256 over evidence kind and subject, each after its length,
/// so that no two pairs give the same input.
final class CallerDigest {

    private CallerDigest() {}

    static byte[] of(EvidenceKind kind, String subject) {
        byte[] kindOctets = kind.text().getBytes(StandardCharsets.UTF_8);
        byte[] subjectOctets = subject.getBytes(StandardCharsets.UTF_8);
        byte[] input =
                ByteBuffer.allocate(2 * Integer.BYTES + kindOctets.length + subjectOctets.length)
                        .putInt(kindOctets.length)
                        .put(kindOctets)
                        .putInt(subjectOctets.length)
                        .put(subjectOctets)
                        .array();
        try {
            return MessageDigest.getInstance("SHA-256").digest(input);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
