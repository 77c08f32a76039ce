package dev.signet.ca.ledger;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.ledger.CertificateRecords.Criteria;
import dev.signet.ca.ledger.CertificateRecords.State;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/// Puts [Criteria] together; what is not set, or set to null, is not asked for. Not thread-safe.
public final class CriteriaBuilder {

    private @Nullable String spiffeIdPrefix;
    private @Nullable SerialPrefix serialPrefix;
    private byte @Nullable [] sha256;
    private @Nullable String subjectAlternativeName;
    private byte @Nullable [] keySha256;
    private @Nullable String evidenceKind;
    private @Nullable String evidenceSubject;
    private @Nullable Instant issuedFrom;
    private @Nullable Instant issuedBefore;
    private @Nullable Instant expiresFrom;
    private @Nullable Instant expiresBefore;
    private @Nullable String policyVersion;
    private @Nullable String policyRule;
    private @Nullable String authorityId;
    private @Nullable State state;

    CriteriaBuilder() {}

    public CriteriaBuilder spiffeIdPrefix(@Nullable String value) {
        spiffeIdPrefix = value;
        return this;
    }

    public CriteriaBuilder serialNumber(@Nullable SerialNumber value) {
        serialPrefix = value == null ? null : new SerialPrefix(value, value);
        return this;
    }

    public CriteriaBuilder serialPrefix(@Nullable SerialPrefix value) {
        serialPrefix = value;
        return this;
    }

    public CriteriaBuilder sha256(byte @Nullable [] value) {
        sha256 = value == null ? null : value.clone();
        return this;
    }

    public CriteriaBuilder subjectAlternativeName(@Nullable String value) {
        subjectAlternativeName = value;
        return this;
    }

    public CriteriaBuilder keySha256(byte @Nullable [] value) {
        keySha256 = value == null ? null : value.clone();
        return this;
    }

    public CriteriaBuilder evidenceKind(@Nullable String value) {
        evidenceKind = value;
        return this;
    }

    public CriteriaBuilder evidenceSubject(@Nullable String value) {
        evidenceSubject = value;
        return this;
    }

    public CriteriaBuilder issuedFrom(@Nullable Instant value) {
        issuedFrom = value;
        return this;
    }

    public CriteriaBuilder issuedBefore(@Nullable Instant value) {
        issuedBefore = value;
        return this;
    }

    public CriteriaBuilder expiresFrom(@Nullable Instant value) {
        expiresFrom = value;
        return this;
    }

    public CriteriaBuilder expiresBefore(@Nullable Instant value) {
        expiresBefore = value;
        return this;
    }

    public CriteriaBuilder policyVersion(@Nullable String value) {
        policyVersion = value;
        return this;
    }

    public CriteriaBuilder policyRule(@Nullable String value) {
        policyRule = value;
        return this;
    }

    public CriteriaBuilder authorityId(@Nullable String value) {
        authorityId = value;
        return this;
    }

    public CriteriaBuilder state(@Nullable State value) {
        state = value;
        return this;
    }

    /// @throws IllegalArgumentException as [Criteria]'s
    public Criteria build() {
        return new Criteria(
                spiffeIdPrefix,
                serialPrefix,
                sha256,
                subjectAlternativeName,
                keySha256,
                evidenceKind,
                evidenceSubject,
                issuedFrom,
                issuedBefore,
                expiresFrom,
                expiresBefore,
                policyVersion,
                policyRule,
                authorityId,
                state);
    }
}
