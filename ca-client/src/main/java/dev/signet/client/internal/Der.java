package dev.signet.client.internal;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The little of DER that is written and read here (X.690). Stateless.
public final class Der {

    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int SEQUENCE = 0x30;

    private Der() {}

    /// One element: its tag byte, and its content or its whole encoding.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Element(int tag, byte[] content, byte[] encoded) {}

    static byte[] sequence(byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        return element(SEQUENCE, content.toByteArray());
    }

    static byte[] bitString(byte[] content) {
        byte[] bits = new byte[content.length + 1];
        System.arraycopy(content, 0, bits, 1, content.length);
        return element(BIT_STRING, bits);
    }

    static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 4);
        out.write(tag);
        int length = content.length;
        if (length >= 0x100) {
            out.write(0x82);
            out.write(length >> 8);
        } else if (length >= 0x80) {
            out.write(0x81);
        }
        out.write(length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    /// The elements that follow each other in some content.
    ///
    /// @throws IllegalArgumentException when it is not DER, or longer than 64 KiB
    public static List<Element> elements(byte[] content) {
        List<Element> elements = new ArrayList<>();
        int at = 0;
        while (at < content.length) {
            int start = at;
            if (content.length - at < 2) {
                throw broken();
            }
            int tag = content[at] & 0xff;
            int length = content[at + 1] & 0xff;
            at += 2;
            if (length > 0x7f) {
                int bytes = length & 0x7f;
                if (bytes == 0 || bytes > 2 || content.length - at < bytes) {
                    throw broken();
                }
                length = 0;
                for (int i = 0; i < bytes; i++) {
                    length = (length << 8) | (content[at++] & 0xff);
                }
            }
            if ((tag & 0x1f) == 0x1f || content.length - at < length) {
                throw broken();
            }
            elements.add(
                    new Element(
                            tag,
                            Arrays.copyOfRange(content, at, at + length),
                            Arrays.copyOfRange(content, start, at + length)));
            at += length;
        }
        return elements;
    }

    private static IllegalArgumentException broken() {
        return new IllegalArgumentException("not DER");
    }
}
