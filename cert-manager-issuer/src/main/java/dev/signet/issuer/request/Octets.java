package dev.signet.issuer.request;

import java.util.Arrays;

/// Octets of a request that has been parsed already, as they stand in it: written anew, a Name
/// could come out otherwise than it was sent.
final class Octets {

    private static final int LONG_FORM = 0x80;

    private Octets() {}

    /// The subject of a certification request.
    ///
    /// @throws IllegalArgumentException when the lengths do not fit
    static byte[] subject(byte[] der) {
        int info = content(der, 0);
        int version = content(der, info);
        int subject = end(der, version);
        return Arrays.copyOfRange(der, subject, end(der, subject));
    }

    private static int content(byte[] der, int at) {
        int first = octet(der, at + 1);
        return at + 2 + (first < LONG_FORM ? 0 : first - LONG_FORM);
    }

    private static int end(byte[] der, int at) {
        int first = octet(der, at + 1);
        int content = content(der, at);
        int length = first;
        if (first >= LONG_FORM) {
            int octets = first - LONG_FORM;
            if (octets == 0 || octets > 3) {
                throw new IllegalArgumentException("length of " + octets + " octets");
            }
            length = 0;
            for (int i = 0; i < octets; i++) {
                length = length << 8 | octet(der, at + 2 + i);
            }
        }
        if (content + length > der.length) {
            throw new IllegalArgumentException("element ends behind the request");
        }
        return content + length;
    }

    private static int octet(byte[] der, int at) {
        if (at >= der.length) {
            throw new IllegalArgumentException("element begins behind the request");
        }
        return der[at] & 0xff;
    }
}
