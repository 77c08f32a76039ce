package dev.signet.ca.status;

import dev.signet.ca.certificate.SerialNumber;

import java.util.Arrays;

/// Walks over the entries of a CRL that [CrlWriter] wrote, without an object for each beside its
/// serial number.
final class CrlReader {

    private static final int SEQUENCE = 0x30;
    private static final int INTEGER = 0x02;

    private final byte[] der;
    private int position;

    private CrlReader(byte[] der) {
        this.der = der;
    }

    /// Takes one entry, as it is in the CRL.
    @FunctionalInterface
    interface Consumer {
        void accept(SerialNumber serialNumber, byte[] der, int offset, int length);
    }

    /// @throws IllegalStateException when it is not a CRL of ours
    static void forEach(byte[] der, Consumer consumer) {
        try {
            new CrlReader(der).walk(consumer);
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalStateException("a CRL on record is cut off", e);
        }
    }

    private void walk(Consumer consumer) {
        enter(); // CertificateList
        enter(); // TBSCertList
        skip(); // version
        skip(); // signature
        skip(); // issuer
        skip(); // thisUpdate
        skip(); // nextUpdate
        if ((der[position] & 0xff) != SEQUENCE) {
            return;
        }
        int end = enter();
        while (position < end) {
            int start = position;
            int next = enter();
            if (der[position] != INTEGER || der[position + 1] != SerialNumber.LENGTH) {
                throw new IllegalStateException("a CRL on record has an entry of another CA");
            }
            int serial = position + 2;
            SerialNumber serialNumber =
                    SerialNumber.fromOctets(
                                    Arrays.copyOfRange(der, serial, serial + SerialNumber.LENGTH))
                            .orElseThrow(() ->
                                    new IllegalStateException(
                                            "a CRL on record has a foreign serial number"));
            consumer.accept(serialNumber, der, start, next - start);
            position = next;
        }
    }

    private void skip() {
        position = enter();
    }

    /// Moves to the content of the next element.
    ///
    /// @return where it ends
    private int enter() {
        int length = der[position + 1] & 0xff;
        position += 2;
        if (length >= 0x80) {
            int count = length & 0x7f;
            length = 0;
            for (int i = 0; i < count; i++) {
                length = length << 8 | (der[position++] & 0xff);
            }
        }
        if (length < 0 || length > der.length - position) {
            throw new IllegalStateException("a CRL on record is cut off");
        }
        return position + length;
    }
}
