package dev.signet.ca.certificate;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/// Reads the one PEM block of a certification request, strictly: nothing but white space around it,
/// no headers in it.
///
/// @rfc 7468 7
final class CertificateRequestPem {

    private static final List<String> LABELS =
            List.of("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST");

    private CertificateRequestPem() {}

    /// @return DER
    /// @throws UnacceptableRequestException CSR_MALFORMED
    static byte[] decode(byte[] pem) {
        String text = new String(pem, StandardCharsets.ISO_8859_1).strip();
        for (String label : LABELS) {
            String begin = "-----BEGIN " + label + "-----";
            String end = "-----END " + label + "-----";
            if (text.startsWith(begin)) {
                if (!text.endsWith(end) || text.length() < begin.length() + end.length()) {
                    throw UnacceptableRequestException.malformed(
                            "certification request's PEM does not end with " + end);
                }
                return decodeBody(text, begin.length(), text.length() - end.length());
            }
        }
        throw UnacceptableRequestException.malformed(
                "certification request is neither DER nor PEM with the label CERTIFICATE REQUEST");
    }

    private static byte[] decodeBody(String text, int from, int to) {
        byte[] base64 = new byte[to - from];
        int length = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c != '\n' && c != '\r' && c != ' ' && c != '\t') {
                base64[length++] = (byte) c;
            }
        }
        try {
            return Base64.getDecoder().decode(Arrays.copyOf(base64, length));
        } catch (IllegalArgumentException _) {
            throw UnacceptableRequestException.malformed(
                    "certification request's PEM has something other than one block of base64");
        }
    }
}
