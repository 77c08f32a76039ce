package dev.signet.ca.certificate;

import java.util.Arrays;

/// Walks over the elements of one DER value: definite lengths of the shortest form, one-octet tags,
/// nothing left over. Copies nothing until asked. Not thread-safe.
///
/// @rfc 5280 4.1
final class DerCursor {

    static final int BOOLEAN = 0x01;
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int UTC_TIME = 0x17;
    static final int GENERALIZED_TIME = 0x18;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;

    private static final int CONSTRUCTED = 0x20;
    private static final int LONG_TAG = 0x1f;
    private static final int MAX_LENGTH_OCTETS = 3;

    private final byte[] octets;
    private final int start;
    private final int end;
    private int position;

    DerCursor(byte[] octets) {
        this(octets, 0, octets.length);
    }

    private DerCursor(byte[] octets, int start, int end) {
        this.octets = octets;
        this.start = start;
        this.position = start;
        this.end = end;
    }

    boolean hasMore() {
        return position < end;
    }

    /// Tag octet of the next element, or -1 at the end.
    int peekTag() {
        return position < end ? octets[position] & 0xff : -1;
    }

    /// Moves past the next element and gives a cursor over its content.
    ///
    /// @throws DerFormatException when the next element has another tag or is not DER
    DerCursor next(int tag) {
        if (peekTag() != tag) {
            throw new DerFormatException(
                    "tag " + peekTag() + " at octet " + position + " (expected: " + tag + ")");
        }
        return next();
    }

    /// Moves past the next element, whatever its tag.
    DerCursor next() {
        int tag = peekTag();
        if (tag < 0) {
            throw new DerFormatException("element missing at octet " + position);
        }
        if ((tag & LONG_TAG) == LONG_TAG || tag == 0) {
            throw new DerFormatException("tag " + tag + " at octet " + position);
        }
        int at = position + 1;
        if (at >= end) {
            throw new DerFormatException("length missing at octet " + at);
        }
        int length = octets[at++] & 0xff;
        if (length >= 0x80) {
            int count = length & 0x7f;
            if (count == 0 || count > MAX_LENGTH_OCTETS || at + count > end) {
                throw new DerFormatException("length of " + count + " octets at octet " + at);
            }
            length = 0;
            for (int i = 0; i < count; i++) {
                length = (length << 8) | (octets[at++] & 0xff);
            }
            if (length < 0x80 || length >>> (8 * (count - 1)) == 0) {
                throw new DerFormatException("length is not of the shortest form at octet " + at);
            }
        }
        if (length > end - at) {
            throw new DerFormatException("element at octet " + position + " is cut off");
        }
        position = at + length;
        return new DerCursor(octets, at, position);
    }

    /// Moves past the next element and gives all its octets, tag and length included.
    byte[] nextEncoded(int tag) {
        int from = position;
        next(tag);
        return Arrays.copyOfRange(octets, from, position);
    }

    /// @throws DerFormatException unless everything was read
    void end() {
        if (position != end) {
            throw new DerFormatException(
                    (end - position) + " octets too many at octet " + position);
        }
    }

    int length() {
        return end - start;
    }

    int octet(int index) {
        return octets[start + index] & 0xff;
    }

    byte[] content() {
        return Arrays.copyOfRange(octets, start, end);
    }

    boolean isOctets(int... expected) {
        if (length() != expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if (octet(i) != expected[i]) {
                return false;
            }
        }
        return true;
    }

    boolean contentEquals(byte[] other) {
        return Arrays.equals(octets, start, end, other, 0, other.length);
    }

    /// Makes sure that a whole input is one DER value with at most the given depth and number of
    /// elements, without recursion. What passes cannot make a recursive parser run deep or long.
    ///
    /// @throws DerFormatException when it is not
    static void requireShape(byte[] octets, int maxDepth, int maxElements) {
        DerCursor[] open = new DerCursor[maxDepth + 1];
        open[0] = new DerCursor(octets);
        int depth = 0;
        int elements = 0;
        while (depth >= 0) {
            DerCursor current = open[depth];
            if (!current.hasMore()) {
                depth--;
                continue;
            }
            int tag = current.peekTag();
            if (depth == 0 && elements > 0) {
                throw new DerFormatException("octets after the end, at octet " + current.position);
            }
            if (++elements > maxElements) {
                throw new DerFormatException("more than " + maxElements + " elements");
            }
            DerCursor content = current.next();
            boolean universal = (tag & 0xc0) == 0;
            boolean constructed = (tag & CONSTRUCTED) != 0;
            boolean mustBeConstructed =
                    (tag | CONSTRUCTED) == SEQUENCE || (tag | CONSTRUCTED) == SET;
            if (universal && constructed != mustBeConstructed) {
                throw new DerFormatException("tag " + tag + " is not DER");
            }
            if (constructed) {
                if (depth == maxDepth) {
                    throw new DerFormatException("more than " + maxDepth + " levels");
                }
                open[++depth] = content;
            }
        }
        if (elements == 0) {
            throw new DerFormatException("nothing");
        }
    }
}
