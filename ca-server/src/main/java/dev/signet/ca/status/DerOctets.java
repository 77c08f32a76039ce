package dev.signet.ca.status;

import dev.signet.ca.certificate.SignatureAlgorithm;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Date;

/// DER of what CRLs, responders' certificates and OCSP answers are made of.
final class DerOctets {

    static final int SEQUENCE = 0x30;
    static final int BIT_STRING = 0x03;

    private static final int UTC_TIME = 0x17;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int FIRST_GENERALIZED_YEAR = 2050;

    private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'");
    private static final DateTimeFormatter GENERALIZED =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'");

    private DerOctets() {}

    /// UTCTime to the end of 2049, GeneralizedTime after (RFC 5280 5.1.2.4), whole seconds.
    static byte[] time(Instant instant) {
        LocalDateTime time =
                LocalDateTime.ofEpochSecond(instant.getEpochSecond(), 0, ZoneOffset.UTC);
        boolean utc = time.getYear() < FIRST_GENERALIZED_YEAR;
        byte[] text = (utc ? UTC : GENERALIZED).format(time).getBytes(StandardCharsets.US_ASCII);
        byte[] element = new byte[2 + text.length];
        element[0] = (byte) (utc ? UTC_TIME : GENERALIZED_TIME);
        element[1] = (byte) text.length;
        System.arraycopy(text, 0, element, 2, text.length);
        return element;
    }

    static Time x509Time(Instant instant) {
        return new Time(Date.from(instant));
    }

    static AlgorithmIdentifier identifier(SignatureAlgorithm algorithm) {
        return new DefaultSignatureAlgorithmIdentifierFinder().find(algorithm.jcaName());
    }

    static byte[] of(ASN1Encodable value) {
        try {
            return value.toASN1Primitive().getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Tag and length of an element with so much content.
    static byte[] header(int tag, int length) {
        if (length < 0x80) {
            return new byte[] {(byte) tag, (byte) length};
        }
        int count = (39 - Integer.numberOfLeadingZeros(length)) / 8;
        byte[] header = new byte[2 + count];
        header[0] = (byte) tag;
        header[1] = (byte) (0x80 | count);
        for (int i = 0; i < count; i++) {
            header[2 + i] = (byte) (length >>> (8 * (count - 1 - i)));
        }
        return header;
    }

    /// SEQUENCE of what was signed, algorithm and signature: the form of certificates, CRLs and
    /// OCSP answers alike.
    static byte[] signed(byte[] toBeSigned, byte[] algorithm, byte[] signature) {
        byte[] bits = header(BIT_STRING, 1 + signature.length);
        int content = toBeSigned.length + algorithm.length + bits.length + 1 + signature.length;
        byte[] outer = header(SEQUENCE, content);
        byte[] all = new byte[outer.length + content];
        int at = put(all, 0, outer);
        at = put(all, at, toBeSigned);
        at = put(all, at, algorithm);
        at = put(all, at, bits);
        at++; // no unused bits
        put(all, at, signature);
        return all;
    }

    static byte[] sequence(byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(header(SEQUENCE, content.size()));
        all.writeBytes(content.toByteArray());
        return all.toByteArray();
    }

    /// @return where the part ends
    static int put(byte[] target, int offset, byte[] part) {
        System.arraycopy(part, 0, target, offset, part.length);
        return offset + part.length;
    }
}
