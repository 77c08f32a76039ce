package dev.signet.ca.revocation;

import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.ledger.CertificateRecords.Criteria;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Stream;

/// Which certificates a bulk revocation is about: each part that is not null must hold, and at
/// least one is there. Of those, the ones that are neither expired nor revoked. Immutable; an
/// instance that exists is valid.
///
/// @param spiffeId exactly
/// @param spiffeIdPrefix with a slash at its end: all below, by whole segments; one that names the
///   whole trust domain is one, too
/// @param evidenceKind as [EvidenceKind#text()]
/// @param evidenceSubject exactly
/// @param keySha256 of the DER SubjectPublicKeyInfo, 64 lower-case hexadecimal digits
/// @param issuedFrom put on record at or after
/// @param issuedBefore put on record before
/// @param policyVersion that allowed it, as its record says
/// @param policyRule that allowed it, exactly
/// @param authorityId id of the authority that issued it
public record CertificateSelector(
        @Nullable String spiffeId,
        @Nullable String spiffeIdPrefix,
        @Nullable String evidenceKind,
        @Nullable String evidenceSubject,
        @Nullable String keySha256,
        @Nullable Instant issuedFrom,
        @Nullable Instant issuedBefore,
        @Nullable String policyVersion,
        @Nullable String policyRule,
        @Nullable String authorityId) {

    private static final int MAX_TEXT = 2048;

    /// @throws IllegalArgumentException when a part is none; the message names it, says what was
    ///   expected and is for the caller
    public CertificateSelector {
        if (Stream.of(
                        spiffeId,
                        spiffeIdPrefix,
                        evidenceKind,
                        evidenceSubject,
                        keySha256,
                        issuedFrom,
                        issuedBefore,
                        policyVersion,
                        policyRule,
                        authorityId)
                .allMatch(Objects::isNull)) {
            throw new IllegalArgumentException(
                    "the selector is empty (expected: at least one condition)");
        }
        if (spiffeId != null
                && SpiffeId.parse(spiffeId)
                        .filter(id -> id.toString().equals(spiffeId))
                        .isEmpty()) {
            throw new IllegalArgumentException(
                    "spiffeId is none (expected: spiffe://trust.domain/path)");
        }
        if (spiffeIdPrefix != null
                && BlockTarget.parse(spiffeIdPrefix)
                        .filter(BlockTarget::isSubtree)
                        .filter(target -> target.text().equals(spiffeIdPrefix))
                        .isEmpty()) {
            throw new IllegalArgumentException(
                    "spiffeIdPrefix is none (expected: spiffe://trust.domain/path/ with a slash at"
                            + " its end: all below, by whole segments)");
        }
        if (evidenceKind != null
                && Arrays.stream(EvidenceKind.values())
                        .noneMatch(kind -> kind.text().equals(evidenceKind))) {
            throw new IllegalArgumentException("evidenceKind is none");
        }
        if (keySha256 != null && !keySha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    "keySha256 is none (expected: 64 lower-case hexadecimal digits)");
        }
        if (issuedFrom != null && issuedBefore != null && !issuedFrom.isBefore(issuedBefore)) {
            throw new IllegalArgumentException("issuedFrom is not before issuedBefore");
        }
        check("evidenceSubject", evidenceSubject);
        check("policyVersion", policyVersion);
        check("policyRule", policyRule);
        check("authorityId", authorityId);
    }

    private static void check(String name, @Nullable String text) {
        if (text != null
                && (text.isEmpty() || text.length() > MAX_TEXT || text.indexOf('\0') >= 0)) {
            throw new IllegalArgumentException(
                    name + " is none (expected: 1 to 2048 characters without NUL)");
        }
    }

    /// What identities it names, if that is all it says: they can be blocked.
    public @Nullable BlockTarget blockTarget() {
        boolean nothingElse =
                Stream.of(
                                evidenceKind,
                                evidenceSubject,
                                keySha256,
                                issuedFrom,
                                issuedBefore,
                                policyVersion,
                                policyRule,
                                authorityId)
                        .allMatch(Objects::isNull);
        if (!nothingElse || (spiffeId == null) == (spiffeIdPrefix == null)) {
            return null;
        }
        return BlockTarget.parse(
                        spiffeId != null ? spiffeId : Objects.requireNonNull(spiffeIdPrefix))
                .orElseThrow();
    }

    /// @param before not later than this, whatever the selector says
    /// @param expiresFrom last second at or after
    Criteria criteria(Instant before, Instant expiresFrom) {
        return Criteria.builder()
                .subjectAlternativeName(spiffeId)
                .spiffeIdPrefix(spiffeIdPrefix)
                .evidenceKind(evidenceKind)
                .evidenceSubject(evidenceSubject)
                .keySha256(keySha256 == null ? null : HexFormat.of().parseHex(keySha256))
                .issuedFrom(issuedFrom)
                .issuedBefore(
                        issuedBefore != null && issuedBefore.isBefore(before)
                                ? issuedBefore
                                : before)
                .expiresFrom(expiresFrom)
                .policyVersion(policyVersion)
                .policyRule(policyRule)
                .authorityId(authorityId)
                .build();
    }
}
