package dev.signet.ca.policy;

import dev.signet.ca.certificate.LeafProfile;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.refusal.Refusal;

import java.time.Duration;
import java.util.List;

/// What policy says to a request.
public sealed interface Decision {

    /// @param spiffeId the identity, wholly decided by policy
    /// @param dnsNames further SANs
    /// @param ipAddresses further SANs, 4 or 16 octets each
    /// @param lifetime at least the policy's minimum, whole seconds; the issuer's end may shorten
    ///   it
    /// @param profile the leaf's profile
    /// @param policyVersion names the snapshot, for the ledger
    /// @param rule names the rule that allowed it, for the ledger
    record Granted(
            SpiffeId spiffeId,
            List<String> dnsNames,
            List<byte[]> ipAddresses,
            Duration lifetime,
            LeafProfile profile,
            String policyVersion,
            String rule)
            implements Decision {
        public Granted {
            dnsNames = List.copyOf(dnsNames);
            ipAddresses = List.copyOf(ipAddresses);
        }
    }

    /// POLICY_DENIED, IDENTITY_NOT_GRANTED or LIFETIME_NOT_GRANTED.
    record Denied(Refusal refusal) implements Decision {}
}
