package dev.signet.ca.policy;

import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.DistinguishedName;
import dev.signet.ca.certificate.ExtendedKeyUsage;
import dev.signet.ca.certificate.KeyUsage;
import dev.signet.ca.certificate.PublicKeyType;
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
    /// @param keyUsages some or all of the profile's
    /// @param extendedKeyUsages some or all of the profile's, in the order to write
    /// @param keyTypes that the certification request may bring
    /// @param rateLimit of this rule; null: none but the server's
    /// @param policyVersion names the snapshot, for the ledger
    /// @param rule names the rule that allowed it, for the ledger
    record Granted(
            SpiffeId spiffeId,
            AlternativeNames names,
            DistinguishedName subject,
            Duration lifetime,
            CertificateProfile profile,
            Set<KeyUsage> keyUsages,
            List<ExtendedKeyUsage> extendedKeyUsages,
            Set<PublicKeyType> keyTypes,
            @Nullable RateLimit rateLimit,
            String policyVersion,
            String rule)
            implements Decision {
        public Granted {
            keyUsages = Set.copyOf(keyUsages);
            extendedKeyUsages = List.copyOf(extendedKeyUsages);
            keyTypes = Set.copyOf(keyTypes);
        }

        /// With all the profile's key usages.
        public Granted(
                SpiffeId spiffeId,
                AlternativeNames names,
                DistinguishedName subject,
                Duration lifetime,
                CertificateProfile profile,
                List<ExtendedKeyUsage> extendedKeyUsages,
                Set<PublicKeyType> keyTypes,
                @Nullable RateLimit rateLimit,
                String policyVersion,
                String rule) {
            this(
                    spiffeId,
                    names,
                    subject,
                    lifetime,
                    profile,
                    profile.keyUsages(),
                    extendedKeyUsages,
                    keyTypes,
                    rateLimit,
                    policyVersion,
                    rule);
        }
    }

    /// POLICY_DENIED, IDENTITY_NOT_GRANTED, NAME_NOT_GRANTED, SUBJECT_NOT_GRANTED,
    /// USAGE_NOT_GRANTED, PROFILE_NOT_GRANTED or LIFETIME_NOT_GRANTED.
    ///
    /// @param rule that decided; null: none did
    /// @param spiffeId that the rule would have granted, for the record of refusals; null: none
    record Denied(Refusal refusal, @Nullable String rule, @Nullable SpiffeId spiffeId)
            implements Decision {

        public Denied(Refusal refusal) {
            this(refusal, null, null);
        }

        Denied by(String deciding) {
            return new Denied(refusal, deciding, spiffeId);
        }

        Denied to(SpiffeId id) {
            return new Denied(refusal, rule, id);
        }
    }
}
