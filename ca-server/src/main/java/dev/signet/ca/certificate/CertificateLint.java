package dev.signet.ca.certificate;

import static dev.signet.ca.certificate.DerFormatException.require;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

import javax.security.auth.x500.X500Principal;

/// Reads a finished certificate back and compares every field with what was decided and with RFC
/// 5280. Shares no code with [CertificateEncoder]. Does not verify the signature's value, only its
/// form. Thread-safe.
///
/// @rfc 5280 4.1
/// @rfc 5280 4.2
public final class CertificateLint {

    private static final int VERSION = 0xa0;
    private static final int EXTENSIONS = 0xa3;

    private CertificateLint() {}

    /// @param der the whole certificate
    /// @param expected what it is to say
    /// @return what is wrong, the first thing found; empty when nothing is
    public static Optional<String> firstDefect(byte[] der, CertificateContent expected) {
        try {
            check(der, expected);
            return Optional.empty();
        } catch (DerFormatException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static void check(byte[] der, CertificateContent expected) {
        DerCursor outer = new DerCursor(der);
        DerCursor certificate = outer.next(DerCursor.SEQUENCE);
        outer.end();
        DerCursor signed = certificate.next(DerCursor.SEQUENCE);
        byte[] algorithm = certificate.nextEncoded(DerCursor.SEQUENCE);
        DerCursor signature = certificate.next(DerCursor.BIT_STRING);
        certificate.end();

        DerCursor version = signed.next(VERSION);
        require(version.next(DerCursor.INTEGER).isOctets(2), "version is not 3");
        version.end();
        checkSerial(signed.next(DerCursor.INTEGER), expected);
        byte[] innerAlgorithm = signed.nextEncoded(DerCursor.SEQUENCE);
        require(
                Arrays.equals(innerAlgorithm, algorithm),
                "signature algorithm differs inside and outside (RFC 5280 4.1.1.2)");
        require(
                HexFormat.of().formatHex(algorithm).equals(expectedAlgorithm(expected.issuer())),
                "signature algorithm is not the issuer's");
        require(
                Arrays.equals(signed.nextEncoded(DerCursor.SEQUENCE), expected.issuer().subject()),
                "issuer is not the issuer's subject (RFC 5280 4.1.2.4)");
        checkValidity(signed.next(DerCursor.SEQUENCE), expected);
        byte[] subject = signed.nextEncoded(DerCursor.SEQUENCE);
        NameLint.checkSubject(subject, expected);
        if (expected.profile().authority() != null) {
            // A self-issued certificate does not count against a path length (RFC 5280 6.1.4 (l)).
            require(
                    !new X500Principal(subject)
                            .equals(new X500Principal(expected.issuer().subject())),
                    "a CA's subject is its issuer's");
        }
        require(
                Arrays.equals(
                        signed.nextEncoded(DerCursor.SEQUENCE),
                        expected.key().subjectPublicKeyInfo()),
                "public key is not the requested one");
        DerCursor wrapped = signed.next(EXTENSIONS);
        signed.end();
        DerCursor extensions = wrapped.next(DerCursor.SEQUENCE);
        wrapped.end();
        new ExtensionLint(expected).check(extensions);
        checkSignature(signature, expected.issuer().algorithm());
    }

    private static void checkSerial(DerCursor serial, CertificateContent expected) {
        require(
                serial.contentEquals(expected.serialNumber().octets()),
                "serial number is not the reserved one");
        require(
                serial.length() <= SerialNumber.LENGTH
                        && serial.octet(0) > 0
                        && serial.octet(0) < 0x80,
                "serial number is not positive, or longer than 20 octets (RFC 5280 4.1.2.2)");
    }

    private static void checkValidity(DerCursor validity, CertificateContent expected) {
        Instant notBefore = instant(validity);
        Instant notAfter = instant(validity);
        validity.end();
        require(
                notBefore.equals(expected.validity().notBefore())
                        && notAfter.equals(expected.validity().notAfter()),
                "validity is not the decided one");
        require(
                !notAfter.isAfter(expected.issuer().validity().notAfter()),
                "certificate outlives its issuer");
        require(
                !notBefore.isBefore(expected.issuer().validity().notBefore()),
                "certificate is valid before its issuer");
    }

    private static Instant instant(DerCursor validity) {
        boolean utc = validity.peekTag() == DerCursor.UTC_TIME;
        DerCursor time = validity.next(utc ? DerCursor.UTC_TIME : DerCursor.GENERALIZED_TIME);
        require(
                time.length() == (utc ? 13 : 15) && time.octet(time.length() - 1) == 'Z',
                "time is not of the form of RFC 5280 4.1.2.5");
        int at = utc ? 2 : 4;
        int year = utc ? digits(time, 0) : digits(time, 0) * 100 + digits(time, 2);
        if (utc) {
            year += year < 50 ? 2000 : 1900;
        }
        require(utc == (year < 2050), "time is UTCTime after 2049 or GeneralizedTime before");
        try {
            return LocalDateTime.of(
                            year,
                            digits(time, at),
                            digits(time, at + 2),
                            digits(time, at + 4),
                            digits(time, at + 6),
                            digits(time, at + 8))
                    .toInstant(ZoneOffset.UTC);
        } catch (DateTimeException _) {
            throw new DerFormatException("time does not exist");
        }
    }

    private static int digits(DerCursor time, int at) {
        int tens = time.octet(at) - '0';
        int ones = time.octet(at + 1) - '0';
        require(tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9, "time has something but digits");
        return 10 * tens + ones;
    }

    private static void checkSignature(DerCursor bits, SignatureAlgorithm algorithm) {
        require(bits.length() > 1 && bits.octet(0) == 0, "signature is not whole octets");
        switch (algorithm) {
            case ECDSA_P256_SHA256 -> checkEcdsa(bits, 32);
            case ECDSA_P384_SHA384 -> checkEcdsa(bits, 48);
            case ED25519 -> require(bits.length() == 1 + 64, "Ed25519 signature is not 64 octets");
            case RSA_SHA256 ->
                    require(
                            bits.length() >= 1 + 256 && bits.length() <= 1 + 512,
                            "RSA signature is not 256 to 512 octets");
        }
    }

    private static void checkEcdsa(DerCursor bits, int orderLength) {
        byte[] content = bits.content();
        DerCursor outer = new DerCursor(Arrays.copyOfRange(content, 1, content.length));
        DerCursor pair = outer.next(DerCursor.SEQUENCE);
        outer.end();
        for (int i = 0; i < 2; i++) {
            DerCursor integer = pair.next(DerCursor.INTEGER);
            int length = integer.length();
            boolean positive =
                    length > 0
                            && integer.octet(0) < 0x80
                            && (integer.octet(0) > 0 || (length > 1 && integer.octet(1) >= 0x80));
            require(
                    positive && length <= orderLength + (integer.octet(0) == 0 ? 1 : 0),
                    "ECDSA signature is not two positive integers of the order's length");
        }
        pair.end();
    }

    private static String expectedAlgorithm(Issuer issuer) {
        return switch (issuer.algorithm()) {
            case ECDSA_P256_SHA256 -> "300a06082a8648ce3d040302";
            case ECDSA_P384_SHA384 -> "300a06082a8648ce3d040303";
            case ED25519 -> "300506032b6570";
            case RSA_SHA256 -> "300d06092a864886f70d01010b0500";
        };
    }
}
