package dev.signet.ca.status;

import dev.signet.ca.authority.AuthorityDescription;
import dev.signet.ca.authority.StatusAuthority;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.revocation.RevocationFeed;
import dev.signet.ca.revocation.RevokedCertificate;

import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Certificate;

import java.math.BigInteger;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Finds the status of a certificate: in the feed first, then in the ledger, among this CA's own
/// certificates and those of OCSP responders. Good is only what is on record (RFC 6960 2.2 leaves
/// more room; it is not taken). Thread-safe.
final class StatusLookup {

    private final RevocationFeed feed;
    private final CertificateRecords ledger;
    private final ResponderCertificates responders;
    private final Supplier<List<AuthorityDescription>> authorities;
    private final InstantSource clock;

    StatusLookup(
            RevocationFeed feed,
            CertificateRecords ledger,
            ResponderCertificates responders,
            Supplier<List<AuthorityDescription>> authorities,
            InstantSource clock) {
        this.feed = feed;
        this.ledger = ledger;
        this.responders = responders;
        this.authorities = authorities;
        this.clock = clock;
    }

    /// Whether it is revoked, as far as this replica knows. Never blocks.
    Optional<KnownStatus.Revoked> revoked(StatusAuthority authority, BigInteger serialNumber) {
        return serialNumber(serialNumber)
                .flatMap(feed::find)
                .filter(revoked -> revoked.authorityId().equals(authority.id()))
                .map(StatusLookup::revoked);
    }

    private static KnownStatus.Revoked revoked(RevokedCertificate revoked) {
        return new KnownStatus.Revoked(revoked.revokedAt(), revoked.reason());
    }

    /// Asks PostgreSQL unless it is revoked or cannot be one of ours.
    ///
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked
    KnownStatus find(StatusAuthority authority, BigInteger number) {
        Optional<KnownStatus.Revoked> revoked = revoked(authority, number);
        if (revoked.isPresent()) {
            return revoked.get();
        }
        Optional<SerialNumber> serialNumber = serialNumber(number);
        if (serialNumber.isEmpty()) {
            return KnownStatus.UNKNOWN;
        }
        Instant now = clock.instant();
        return issued(authority, serialNumber.get(), number)
                .filter(notAfter -> !notAfter.isBefore(now))
                .<KnownStatus>map(KnownStatus.Good::new)
                .orElse(KnownStatus.UNKNOWN);
    }

    /// Until when it is valid, where this authority issued it.
    private Optional<Instant> issued(
            StatusAuthority authority, SerialNumber serialNumber, BigInteger number) {
        return ledger.bySerialNumber(serialNumber)
                .filter(record -> record.authorityId().equals(authority.id()))
                .map(record -> record.validity().notAfter())
                .or(() -> ofAuthority(authority, number))
                .or(() ->
                        responders
                                .find(serialNumber)
                                .filter(entry -> entry.authorityId().equals(authority.id()))
                                .map(entry -> entry.validity().notAfter()));
    }

    private Optional<Instant> ofAuthority(StatusAuthority issuer, BigInteger serialNumber) {
        for (AuthorityDescription each : authorities.get()) {
            Certificate certificate = certificate(each.pem());
            if (certificate.getSerialNumber().hasValue(serialNumber)
                    && !each.id().equals(issuer.id())
                    && isIssuedBy(certificate, issuer)) {
                return Optional.of(each.validity().notAfter());
            }
        }
        return Optional.empty();
    }

    private static boolean isIssuedBy(Certificate certificate, StatusAuthority issuer) {
        AuthorityKeyIdentifier identifier =
                AuthorityKeyIdentifier.fromExtensions(
                        certificate.getTBSCertificate().getExtensions());
        return identifier != null
                && Arrays.equals(
                        identifier.getKeyIdentifierOctets(), issuer.issuer().subjectKeyIdentifier())
                && Arrays.equals(DerOctets.of(certificate.getIssuer()), issuer.issuer().subject());
    }

    private static Certificate certificate(String pem) {
        String base64 = pem.replaceAll("-----[A-Z ]+-----", "");
        return Certificate.getInstance(Base64.getMimeDecoder().decode(base64));
    }

    private static Optional<SerialNumber> serialNumber(BigInteger number) {
        return SerialNumber.fromOctets(number.toByteArray());
    }
}
