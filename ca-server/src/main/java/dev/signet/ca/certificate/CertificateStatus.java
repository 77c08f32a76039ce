package dev.signet.ca.certificate;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// What a certificate says of where to learn whether it was revoked: nothing, that there is nothing
/// to learn (RFC 9608), or a CRL and an OCSP responder; never both. Immutable; compared by
/// identity. To be made once for each CRL and shared: it holds the octets that go into
/// certificates.
///
/// @rfc 9608 2
/// @rfc 5280 4.2.1.13
/// @rfc 5280 4.2.2.1
public final class CertificateStatus {

    private static final int OCTET_STRING = 0x04;
    private static final int SEQUENCE = 0x30;
    private static final int URI = 0x86;
    private static final int DISTRIBUTION_POINT = 0xa0;
    private static final int FULL_NAME = 0xa0;
    private static final int MAX_URI = 1024;

    private static final byte[] CRL_DISTRIBUTION_POINTS = octets("0603551d1f");
    private static final byte[] AUTHORITY_INFORMATION_ACCESS = octets("06082b06010505070101");
    private static final byte[] OCSP = octets("06082b06010505073001");

    /// Nothing is said.
    public static final CertificateStatus UNSAID =
            new CertificateStatus(false, null, null, new byte[0]);

    /// No revocation information will ever be there: for lives so short that the end comes sooner
    /// than any news. Not for CA certificates.
    public static final CertificateStatus NO_REVOCATION_AVAILABLE =
            new CertificateStatus(true, null, null, octets("30090603551d3804020500"));

    private final boolean noRevocationAvailable;
    private final @Nullable String crlUri;
    private final @Nullable String ocspUri;
    private final byte[] extensions;

    private CertificateStatus(
            boolean noRevocationAvailable,
            @Nullable String crlUri,
            @Nullable String ocspUri,
            byte[] extensions) {
        this.noRevocationAvailable = noRevocationAvailable;
        this.crlUri = crlUri;
        this.ocspUri = ocspUri;
        this.extensions = extensions;
    }

    /// A CRL and an OCSP responder.
    ///
    /// @throws IllegalArgumentException when one is not an `http` URI of at most 1,024 printable
    ///   ASCII characters: to fetch it over TLS would ask for the status of another certificate
    ///   (RFC 5280 8)
    public static CertificateStatus published(String crlUri, String ocspUri) {
        byte[] fullName = DerWriter.element(FULL_NAME, uri(crlUri));
        byte[] point = DerWriter.element(SEQUENCE, DerWriter.element(DISTRIBUTION_POINT, fullName));
        byte[] access = DerWriter.element(SEQUENCE, DerWriter.concat(OCSP, uri(ocspUri)));
        return new CertificateStatus(
                false,
                crlUri,
                ocspUri,
                DerWriter.concat(
                        extension(CRL_DISTRIBUTION_POINTS, point),
                        extension(AUTHORITY_INFORMATION_ACCESS, access)));
    }

    private static byte[] extension(byte[] type, byte[] element) {
        byte[] value = DerWriter.element(OCTET_STRING, DerWriter.element(SEQUENCE, element));
        return DerWriter.element(SEQUENCE, DerWriter.concat(type, value));
    }

    private static byte[] uri(String uri) {
        boolean printable = uri.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (!uri.startsWith("http://") || uri.length() > MAX_URI || !printable) {
            throw new IllegalArgumentException(
                    "not an http URI of at most " + MAX_URI + " printable ASCII characters");
        }
        return DerWriter.element(URI, uri.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] octets(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    public boolean isNoRevocationAvailable() {
        return noRevocationAvailable;
    }

    /// Null unless it is published.
    public @Nullable String crlUri() {
        return crlUri;
    }

    /// Null unless it is published.
    public @Nullable String ocspUri() {
        return ocspUri;
    }

    /// Whole Extension elements.
    byte[] extensions() {
        return extensions;
    }

    @Override
    public String toString() {
        if (noRevocationAvailable) {
            return "CertificateStatus[no revocation available]";
        }
        return "CertificateStatus[" + (crlUri == null ? "unsaid" : crlUri) + "]";
    }
}
