package dev.signet.ca.wire;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.identity.SpiffeId;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Whose certificate a connection shows, read from the leaf that the handshake verified.
record Holder(SpiffeId spiffeId, SerialNumber serialNumber, Instant notAfter) {

    private static final Integer URI = 6;

    /// Empty where the caller shows no certificate, or one that this CA does not number or name so.
    static Optional<Holder> of(Caller caller) {
        return switch (caller.kind()) {
            case CLIENT_CERTIFICATE -> of(caller.certificates().getFirst());
            case ANONYMOUS, BEARER_TOKEN, JOIN_TOKEN, OPERATOR, UNREADABLE -> Optional.empty();
        };
    }

    private static Optional<Holder> of(X509Certificate leaf) {
        Optional<SerialNumber> serial =
                SerialNumber.fromOctets(leaf.getSerialNumber().toByteArray());
        Optional<SpiffeId> id = spiffeId(leaf);
        return serial.isEmpty() || id.isEmpty()
                ? Optional.empty()
                : Optional.of(new Holder(id.get(), serial.get(), leaf.getNotAfter().toInstant()));
    }

    private static Optional<SpiffeId> spiffeId(X509Certificate leaf) {
        Collection<List<?>> names;
        try {
            names = leaf.getSubjectAlternativeNames();
        } catch (CertificateParsingException _) {
            return Optional.empty();
        }
        if (names == null) {
            return Optional.empty();
        }
        List<String> uris =
                names.stream()
                        .filter(name -> URI.equals(name.getFirst()))
                        .map(name -> String.valueOf(name.get(1)))
                        .toList();
        return uris.size() == 1 ? SpiffeId.parse(uris.getFirst()) : Optional.empty();
    }
}
