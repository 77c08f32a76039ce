package dev.signet.ca.ledger;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.Validity;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Look-up of what is on record. Thread-safe; every call reads PostgreSQL and blocks, for 5 s at
/// most.
public interface CertificateRecords {

    /// Touches one partition: the serial number says which.
    ///
    /// @throws LedgerUnavailableException when PostgreSQL cannot be asked
    Optional<CertificateRecord> bySerialNumber(SerialNumber serialNumber);

    /// A page of records, the youngest issuance first, in an order that stays the same while new
    /// ones arrive.
    ///
    /// @param limit 1 to 1,000
    /// @param pageToken the last page's `nextPageToken`; null: the first page
    /// @throws IllegalArgumentException when the limit is out of its bounds, the page token is not
    ///   one that a search returned, or the prefix is longer than any SPIFFE ID
    /// @throws LedgerUnavailableException when PostgreSQL cannot be asked
    Page search(Criteria criteria, int limit, @Nullable String pageToken);

    /// @param spiffeIdPrefix null: any
    /// @param issuedFrom included; null: no bound
    /// @param issuedBefore not included; null: no bound
    record Criteria(
            @Nullable String spiffeIdPrefix,
            @Nullable Instant issuedFrom,
            @Nullable Instant issuedBefore) {}

    /// @param nextPageToken null: no further page
    record Page(List<CertificateRecord> records, @Nullable String nextPageToken) {}

    /// One row.
    final class CertificateRecord {
        private final SerialNumber serialNumber;
        private final String spiffeId;
        private final Instant issuedAt;
        private final Validity validity;
        private final String evidenceKind;
        private final String evidenceSubject;
        private final String policyVersion;
        private final String policyRule;
        private final String profile;
        private final String authorityId;
        private final String replica;
        private final byte[] keySha256;
        private final byte[] der;

        CertificateRecord(
                SerialNumber serialNumber,
                String spiffeId,
                Instant issuedAt,
                Validity validity,
                String evidenceKind,
                String evidenceSubject,
                String policyVersion,
                String policyRule,
                String profile,
                String authorityId,
                String replica,
                byte[] keySha256,
                byte[] der) {
            this.serialNumber = serialNumber;
            this.spiffeId = spiffeId;
            this.issuedAt = issuedAt;
            this.validity = validity;
            this.evidenceKind = evidenceKind;
            this.evidenceSubject = evidenceSubject;
            this.policyVersion = policyVersion;
            this.policyRule = policyRule;
            this.profile = profile;
            this.authorityId = authorityId;
            this.replica = replica;
            this.keySha256 = keySha256;
            this.der = der;
        }

        public SerialNumber serialNumber() {
            return serialNumber;
        }

        public String spiffeId() {
            return spiffeId;
        }

        public Instant issuedAt() {
            return issuedAt;
        }

        public Validity validity() {
            return validity;
        }

        public String evidenceKind() {
            return evidenceKind;
        }

        public String evidenceSubject() {
            return evidenceSubject;
        }

        public String policyVersion() {
            return policyVersion;
        }

        public String policyRule() {
            return policyRule;
        }

        public String profile() {
            return profile;
        }

        public String authorityId() {
            return authorityId;
        }

        public String replica() {
            return replica;
        }

        /// SHA-256 of the subject's public key, 32 octets.
        public byte[] keySha256() {
            return keySha256.clone();
        }

        public byte[] der() {
            return der.clone();
        }
    }
}
