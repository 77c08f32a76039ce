package dev.signet.ca.ledger;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.Validity;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/// Look-up of what is on record. Thread-safe; every call reads PostgreSQL and blocks, each of its
/// statements for 5 s at most.
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
    /// @throws IllegalArgumentException when the limit is out of its bounds, or the page token is
    ///   not one that a search returned
    /// @throws LedgerUnavailableException when PostgreSQL cannot be asked
    Page search(Criteria criteria, int limit, @Nullable String pageToken);

    /// Gives every record that fits, the oldest issuance first, as far as it was on record when the
    /// call began. Memory stays the same however many there are; no transaction is held open. What
    /// the consumer throws ends the stream and reaches the caller.
    ///
    /// @throws LedgerUnavailableException when PostgreSQL cannot be asked; some records may have
    ///   been given before
    void stream(Criteria criteria, Consumer<CertificateRecord> consumer);

    /// Where a certificate stands, by PostgreSQL's clock; each is in one of these or in the last
    /// two.
    enum State {
        /// Its last second has not passed, and it is not revoked.
        VALID,
        /// Its last second has passed.
        EXPIRED,
        /// It was revoked, as far as that is still on record; its last second may have passed.
        REVOKED
    }

    /// What to look for; each that is not null must hold. Immutable; compared by identity of its
    /// arrays. Made by [#builder()].
    ///
    /// @param spiffeIdPrefix octets that the SPIFFE ID begins with, no wildcards
    /// @param serialPrefix first hexadecimal digits of the serial number, or all of them
    /// @param sha256 of the DER certificate, 32 octets
    /// @param subjectAlternativeName a SPIFFE ID, or a further name, exactly: `DNS:name`,
    ///   `IP:address`, `email:address`, `URI:uri`, `otherName:oid;UTF8:value`, or without its kind
    /// @param keySha256 of the DER SubjectPublicKeyInfo, 32 octets
    /// @param evidenceKind as [dev.signet.ca.identity.EvidenceKind#text()]
    /// @param evidenceSubject exactly
    /// @param issuedFrom included
    /// @param issuedBefore not included
    /// @param expiresFrom earliest last second, included
    /// @param expiresBefore not included
    /// @param policyVersion that allowed it, as its record says
    /// @param policyRule that allowed it, exactly
    /// @param authorityId id of the authority that issued it
    /// @param state null: any
    @SuppressWarnings("ArrayRecordComponent")
    record Criteria(
            @Nullable String spiffeIdPrefix,
            @Nullable SerialPrefix serialPrefix,
            byte @Nullable [] sha256,
            @Nullable String subjectAlternativeName,
            byte @Nullable [] keySha256,
            @Nullable String evidenceKind,
            @Nullable String evidenceSubject,
            @Nullable Instant issuedFrom,
            @Nullable Instant issuedBefore,
            @Nullable Instant expiresFrom,
            @Nullable Instant expiresBefore,
            @Nullable String policyVersion,
            @Nullable String policyRule,
            @Nullable String authorityId,
            @Nullable State state) {

        private static final int MAX_TEXT = 8192;
        private static final int SHA256_LENGTH = 32;

        public static final Criteria ANY = builder().build();

        /// @throws IllegalArgumentException when a text is longer than 8,192 characters or holds a
        ///   NUL, or a digest is not of 32 octets; the message begins with the name of the
        ///   component
        public Criteria {
            check("spiffeIdPrefix", spiffeIdPrefix);
            check("subjectAlternativeName", subjectAlternativeName);
            check("evidenceKind", evidenceKind);
            check("evidenceSubject", evidenceSubject);
            check("policyVersion", policyVersion);
            check("policyRule", policyRule);
            check("authorityId", authorityId);
            sha256 = checked("sha256", sha256);
            keySha256 = checked("keySha256", keySha256);
        }

        public Criteria(
                @Nullable String spiffeIdPrefix,
                @Nullable Instant issuedFrom,
                @Nullable Instant issuedBefore) {
            this(
                    spiffeIdPrefix,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    issuedFrom,
                    issuedBefore,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null);
        }

        public static CriteriaBuilder builder() {
            return new CriteriaBuilder();
        }

        private static void check(String name, @Nullable String text) {
            if (text != null && (text.length() > MAX_TEXT || text.indexOf('\0') >= 0)) {
                throw new IllegalArgumentException(
                        name + " is longer than " + MAX_TEXT + " characters or holds a NUL");
            }
        }

        private static byte @Nullable [] checked(String name, byte @Nullable [] digest) {
            if (digest == null) {
                return null;
            }
            if (digest.length != SHA256_LENGTH) {
                throw new IllegalArgumentException(
                        name + " has " + digest.length + " octets (expected: 32)");
            }
            return digest.clone();
        }
    }

    /// @param nextPageToken null: no further page
    record Page(List<CertificateRecord> records, @Nullable String nextPageToken) {}

    /// One row. Immutable.
    ///
    /// @param spiffeId the certificate's, or the one that an intermediate CA was granted, or that
    ///   its profile only puts on record
    /// @param names further names as [dev.signet.ca.certificate.AlternativeNames#text()]; empty:
    ///   none
    /// @param subject distinguished name as [dev.signet.ca.certificate.SubjectName#text()]
    /// @param issuedAt by PostgreSQL's clock, microseconds
    /// @param evidenceKind as [dev.signet.ca.identity.EvidenceKind#text()]
    /// @param attributes attested attributes, one JSON object of strings
    /// @param profile its name
    /// @param requestId null where the caller gave none
    /// @param replica server that issued it
    /// @param keySha256 of the DER SubjectPublicKeyInfo, 32 octets
    /// @param der the certificate
    /// @param notices what was not given as requested; usually empty
    @SuppressWarnings("ArrayRecordComponent")
    record CertificateRecord(
            SerialNumber serialNumber,
            String spiffeId,
            String names,
            String subject,
            Instant issuedAt,
            Validity validity,
            String evidenceKind,
            String evidenceSubject,
            String attributes,
            String policyVersion,
            String policyRule,
            String profile,
            int profileVersion,
            String authorityId,
            @Nullable UUID requestId,
            String replica,
            byte[] keySha256,
            byte[] der,
            List<Notice> notices) {

        /// A copy.
        @Override
        public byte[] keySha256() {
            return keySha256.clone();
        }

        /// A copy.
        @Override
        public byte[] der() {
            return der.clone();
        }
    }
}
