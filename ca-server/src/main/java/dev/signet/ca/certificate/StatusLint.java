package dev.signet.ca.certificate;

import static dev.signet.ca.certificate.DerFormatException.require;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;

/// Reads back what a certificate says of its status.
///
/// @rfc 5280 4.2.1.13
/// @rfc 5280 4.2.2.1
/// @rfc 9608 2
final class StatusLint {

    private static final int CONTEXT_0 = 0xa0;
    private static final int URI = 0x86;
    private static final int NULL = 0x05;
    private static final int CRL_DISTRIBUTION_POINTS = 31;
    private static final int NO_REVOCATION_AVAILABLE = 56;

    private StatusLint() {}

    /// @param identifier of the extension, one of the three
    static void check(
            int[] identifier, boolean critical, DerCursor value, CertificateStatus expected) {
        require(
                !critical,
                "an extension about the status is critical (RFC 5280 4.2.1.13, 4.2.2.1, RFC 9608"
                        + " 2)");
        switch (identifier[identifier.length - 1]) {
            case NO_REVOCATION_AVAILABLE ->
                    require(value.next(NULL).length() == 0, "noRevAvail is not NULL (RFC 9608 2)");
            case CRL_DISTRIBUTION_POINTS -> checkDistributionPoints(value, expected.crlUri());
            default -> checkAccess(value, expected.ocspUri());
        }
    }

    private static void checkDistributionPoints(DerCursor value, @Nullable String expected) {
        DerCursor points = value.next(DerCursor.SEQUENCE);
        DerCursor point = points.next(DerCursor.SEQUENCE);
        points.end();
        DerCursor name = point.next(CONTEXT_0);
        point.end();
        DerCursor fullName = name.next(CONTEXT_0);
        name.end();
        checkUri(fullName.next(URI), expected, "cRLDistributionPoints");
        fullName.end();
    }

    private static void checkAccess(DerCursor value, @Nullable String expected) {
        DerCursor descriptions = value.next(DerCursor.SEQUENCE);
        DerCursor description = descriptions.next(DerCursor.SEQUENCE);
        descriptions.end();
        require(
                description
                        .next(DerCursor.OBJECT_IDENTIFIER)
                        .isOctets(0x2b, 6, 1, 5, 5, 7, 0x30, 1),
                "authorityInfoAccess is not about OCSP");
        checkUri(description.next(URI), expected, "authorityInfoAccess");
        description.end();
    }

    private static void checkUri(DerCursor uri, @Nullable String expected, String where) {
        String text = new String(uri.content(), StandardCharsets.US_ASCII);
        require(text.startsWith("http://"), where + " has a URI that is not http (RFC 5280 8)");
        require(text.equals(expected), where + " has another URI than the decided one");
    }
}
