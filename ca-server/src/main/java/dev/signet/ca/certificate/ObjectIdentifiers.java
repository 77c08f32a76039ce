package dev.signet.ca.certificate;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.regex.Pattern;

/// Object identifiers: dotted decimal of at most 64 characters, such as 1.3.6.1.4.1.311.20.2.3, and
/// their DER content.
///
/// @rfc 5280 4.2.1.6
public final class ObjectIdentifiers {

    private static final int MAX_LENGTH = 64;
    private static final Pattern DOTTED =
            Pattern.compile("([01]\\.(0|[1-3]?[0-9])|2\\.(0|[1-9][0-9]*))(\\.(0|[1-9][0-9]*))*");
    private static final BigInteger ARCS = BigInteger.valueOf(40);
    private static final BigInteger TWO = BigInteger.TWO;

    private ObjectIdentifiers() {}

    public static boolean isValid(String dotted) {
        return dotted.length() <= MAX_LENGTH && DOTTED.matcher(dotted).matches();
    }

    /// Content octets.
    static byte[] encode(String dotted) {
        String[] arcs = dotted.split("\\.", -1);
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        encode(new BigInteger(arcs[0]).multiply(ARCS).add(new BigInteger(arcs[1])), octets);
        for (int i = 2; i < arcs.length; i++) {
            encode(new BigInteger(arcs[i]), octets);
        }
        return octets.toByteArray();
    }

    private static void encode(BigInteger arc, ByteArrayOutputStream octets) {
        int groups = Math.max(1, (arc.bitLength() + 6) / 7);
        for (int i = groups - 1; i >= 0; i--) {
            int seven = arc.shiftRight(7 * i).intValue() & 0x7f;
            octets.write(i == 0 ? seven : seven | 0x80);
        }
    }

    /// Dotted decimal of content octets.
    ///
    /// @throws DerFormatException when they are none, or need more than 64 characters
    static String decode(DerCursor content) {
        StringBuilder text = new StringBuilder();
        BigInteger arc = BigInteger.ZERO;
        boolean begins = true;
        for (int i = 0; i < content.length(); i++) {
            int octet = content.octet(i);
            DerFormatException.require(
                    !(begins && octet == 0x80) && i < MAX_LENGTH, "object identifier is not DER");
            arc = arc.shiftLeft(7).or(BigInteger.valueOf(octet & 0x7f));
            begins = octet < 0x80;
            if (begins) {
                append(arc, text);
                arc = BigInteger.ZERO;
            }
        }
        DerFormatException.require(
                begins && !text.isEmpty() && text.length() <= MAX_LENGTH,
                "object identifier is empty, cut off or too long");
        return text.toString();
    }

    private static void append(BigInteger arc, StringBuilder text) {
        if (!text.isEmpty()) {
            text.append('.').append(arc);
            return;
        }
        BigInteger first = arc.divide(ARCS).min(TWO);
        text.append(first).append('.').append(arc.subtract(first.multiply(ARCS)));
    }
}
