package dev.signet.ca.certificate;

/// Fills an array of exactly known length with DER, front to back. Not thread-safe.
final class DerWriter {

    private final byte[] octets;
    private int position;

    DerWriter(int length) {
        this.octets = new byte[length];
    }

    /// Octets of a whole element with a one-octet tag.
    ///
    /// @param content its content's length, below 2^24
    static int lengthOf(int content) {
        if (content < 0x80) {
            return 2 + content;
        }
        if (content < 0x100) {
            return 3 + content;
        }
        return content < 0x1_0000 ? 4 + content : 5 + content;
    }

    /// A whole element with a one-octet tag.
    static byte[] element(int tag, byte[] content) {
        return new DerWriter(lengthOf(content.length))
                .header(tag, content.length)
                .octets(content)
                .toOctets();
    }

    static byte[] concat(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        DerWriter all = new DerWriter(length);
        for (byte[] part : parts) {
            all.octets(part);
        }
        return all.toOctets();
    }

    DerWriter header(int tag, int length) {
        octets[position++] = (byte) tag;
        if (length < 0x80) {
            octets[position++] = (byte) length;
            return this;
        }
        int count = length < 0x100 ? 1 : length < 0x1_0000 ? 2 : 3;
        octets[position++] = (byte) (0x80 | count);
        for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
            octets[position++] = (byte) (length >>> shift);
        }
        return this;
    }

    DerWriter octet(int octet) {
        octets[position++] = (byte) octet;
        return this;
    }

    DerWriter octets(byte[] part) {
        System.arraycopy(part, 0, octets, position, part.length);
        position += part.length;
        return this;
    }

    /// @throws IllegalStateException when the lengths did not add up
    byte[] toOctets() {
        if (position != octets.length) {
            throw new IllegalStateException(
                    "wrote " + position + " octets (expected: " + octets.length + ")");
        }
        return octets;
    }
}
