package dev.signet.ca.ledger;

import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.SubjectName;
import dev.signet.ca.certificate.UnsignedContent;
import dev.signet.ca.identity.EvidenceKind;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Issuance records for tests, each with a fresh serial number.
final class TestIssuances {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final SerialNumbers SERIALS = new BufferedSerialNumbers(RANDOM);

    private TestIssuances() {}

    static IssuanceRecord plain(String path) {
        return make(path, path, null, null, "subject");
    }

    static IssuanceRecord withRequestId(String path, UUID requestId) {
        return make(path, path, requestId, null, "subject");
    }

    static IssuanceRecord of(String path, String csr, UUID requestId, String subject) {
        return make(path, csr, requestId, null, subject);
    }

    static IssuanceRecord withJoinToken(String path, UUID requestId, JoinTokenHash token) {
        return make(path, path, requestId, token, token.tokenId());
    }

    /// The same issuance under the serial number of another one.
    static IssuanceRecord withSerialOf(IssuanceRecord other, String path) {
        return withSerialOf(other, path, other.certificate().content().validity().notAfter());
    }

    static IssuanceRecord withSerialOf(IssuanceRecord other, String path, Instant end) {
        Instant notAfter = end.truncatedTo(ChronoUnit.SECONDS);
        return record(
                UnsignedContent.certificate(
                        other.certificate().content().serialNumber(), path, notAfter),
                path,
                null,
                null,
                "subject");
    }

    static IssuanceRecord expiringAt(String path, Instant notAfter) {
        Instant second = notAfter.truncatedTo(ChronoUnit.SECONDS);
        return record(
                UnsignedContent.certificate(SERIALS.next(second), path, second),
                path,
                null,
                null,
                "subject");
    }

    static IssuanceRecord named(
            String path, Instant notAfter, AlternativeNames names, SubjectName subject) {
        Instant second = notAfter.truncatedTo(ChronoUnit.SECONDS);
        return record(
                UnsignedContent.certificate(SERIALS.next(second), path, second, names, subject),
                path,
                requestId(),
                null,
                "system:serviceaccount:shop:" + path.substring(1));
    }

    static UUID requestId() {
        return requestIdAt(Instant.now());
    }

    /// UUID of version 7.
    static UUID requestIdAt(Instant instant) {
        long high = instant.toEpochMilli() << 16 | 0x7000 | RANDOM.nextInt(0x1000);
        return new UUID(high, RANDOM.nextLong() >>> 2 | 0x8000_0000_0000_0000L);
    }

    static JoinTokenHash joinToken() {
        byte[] octets = new byte[32];
        RANDOM.nextBytes(octets);
        return new JoinTokenHash(octets);
    }

    static IssuanceRecord withNotices(String path, UUID requestId, List<Notice> notices) {
        IssuanceRecord plain = withRequestId(path, requestId);
        return new IssuanceRecord(
                plain.certificate(),
                plain.signingRequest(),
                plain.requestId(),
                plain.joinToken(),
                plain.evidenceKind(),
                plain.evidenceSubject(),
                plain.attributes(),
                plain.policyVersion(),
                plain.policyRule(),
                notices);
    }

    private static IssuanceRecord make(
            String path, String csr, UUID requestId, JoinTokenHash token, String subject) {
        Instant notAfter = Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS);
        return record(
                UnsignedContent.certificate(SERIALS.next(notAfter), path, notAfter),
                csr,
                requestId,
                token,
                subject);
    }

    private static IssuanceRecord record(
            dev.signet.ca.certificate.SignedCertificate certificate,
            String csr,
            UUID requestId,
            JoinTokenHash token,
            String subject) {
        return new IssuanceRecord(
                certificate,
                UnsignedContent.signingRequest(csr),
                requestId,
                token,
                token == null ? EvidenceKind.KUBERNETES : EvidenceKind.JOIN_TOKEN,
                subject,
                Map.of("kubernetes.namespace", "shop", "kubernetes.service-account", "orders"),
                "version-1",
                "kubernetes service accounts");
    }
}
