package dev.signet.ca.policy;

import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.ExtendedKeyUsage;
import dev.signet.ca.certificate.PublicKeyType;
import dev.signet.ca.certificate.SubjectName;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/// What policy says to a request.
public sealed interface Decision {

    /// @param spiffeId the identity, wholly decided by policy
    /// @param names further SANs
    /// @param subject distinguished name; usually empty
    /// @param lifetime at least the policy's minimum, whole seconds; the issuer's end may shorten
    ///   it
    /// @param profile the rest of the certificate
    /// @param extendedKeyUsages some or all of the profile's
    /// @param keyTypes that the certification request may bring
    /// @param rateLimit of this rule; null: none but the server's
    /// @param policyVersion names the snapshot, for the ledger
    /// @param rule names the rule that allowed it, for the ledger
    record Granted(
            SpiffeId spiffeId,
            AlternativeNames names,
            SubjectName subject,
            Duration lifetime,
            CertificateProfile profile,
            List<ExtendedKeyUsage> extendedKeyUsages,
            Set<PublicKeyType> keyTypes,
            @Nullable RateLimit rateLimit,
            String policyVersion,
            String rule)
            implements Decision {
        public Granted {
            extendedKeyUsages = List.copyOf(extendedKeyUsages);
            keyTypes = Set.copyOf(keyTypes);
        }
    }

    /// POLICY_DENIED, IDENTITY_NOT_GRANTED, NAME_NOT_GRANTED, PROFILE_NOT_GRANTED or
    /// LIFETIME_NOT_GRANTED.
    record Denied(Refusal refusal) implements Decision {}
}
