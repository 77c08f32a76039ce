package dev.signet.client;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Messages of a feed of revocations.
final class Revocations {

    private Revocations() {}

    /// These are revoked, and that is all there is to know now.
    static RevocationUpdate of(long sequence, X509Certificate... certificates) {
        return update(sequence, Duration.ZERO, certificates);
    }

    static RevocationUpdate update(long sequence, Duration age, X509Certificate... certificates) {
        List<RevocationUpdate.Serials> revoked = new ArrayList<>();
        for (X509Certificate certificate : certificates) {
            revoked.add(serials(certificate));
        }
        return new RevocationUpdate(sequence, false, false, revoked, age);
    }

    static RevocationUpdate.Serials serials(X509Certificate certificate) {
        ByteBuffer serial = ByteBuffer.wrap(certificate.getSerialNumber().toByteArray());
        int period = serial.getInt();
        return new RevocationUpdate.Serials(period, serial.slice());
    }
}
