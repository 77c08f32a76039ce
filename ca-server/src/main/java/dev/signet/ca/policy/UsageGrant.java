package dev.signet.ca.policy;

import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.ExtendedKeyUsage;
import dev.signet.ca.certificate.KeyUsage;
import dev.signet.ca.certificate.UsageRules;
import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which usages a rule gives. Immutable.
///
/// @param keyUsages of those who request none
/// @param extendedKeyUsages of those who request none, in the order to write
/// @param requested whether others of the profile may be requested
record UsageGrant(
        Set<KeyUsage> keyUsages, List<ExtendedKeyUsage> extendedKeyUsages, boolean requested) {

    UsageGrant {
        keyUsages = Set.copyOf(keyUsages);
        extendedKeyUsages = List.copyOf(extendedKeyUsages);
    }

    sealed interface Outcome {
        record Given(Set<KeyUsage> keyUsages, List<ExtendedKeyUsage> extendedKeyUsages)
                implements Outcome {}

        record None(Refusal refusal) implements Outcome {}
    }

    /// @param attributes null: nothing is requested, and the rule's go together
    Outcome of(@Nullable RequestedAttributes attributes, CertificateProfile profile) {
        if (attributes == null
                || (attributes.keyUsages().isEmpty() && attributes.extendedKeyUsages().isEmpty())) {
            return new Outcome.Given(keyUsages, extendedKeyUsages);
        }
        Set<KeyUsage> givenKeyUsages = keyUsages;
        if (!attributes.keyUsages().isEmpty()) {
            givenKeyUsages = attributes.keyUsages();
            boolean within = requested && profile.keyUsages().containsAll(givenKeyUsages);
            if (!within && !givenKeyUsages.equals(keyUsages)) {
                return none("key usages " + Values.keyUsages(givenKeyUsages));
            }
        }
        List<ExtendedKeyUsage> givenPurposes = new ArrayList<>();
        if (attributes.extendedKeyUsages().isEmpty()) {
            // Of the rule's what the requested key usages can be used for.
            for (ExtendedKeyUsage purpose : extendedKeyUsages) {
                if (UsageRules.allow(givenKeyUsages, purpose)) {
                    givenPurposes.add(purpose);
                }
            }
        } else {
            for (String oid : attributes.extendedKeyUsages()) {
                Optional<ExtendedKeyUsage> purpose = ExtendedKeyUsage.of(oid);
                if (purpose.isEmpty() || !profile.extendedKeyUsages().contains(purpose.get())) {
                    return none("extended key usage " + Values.extendedKeyUsage(oid));
                }
                givenPurposes.add(purpose.get());
            }
            if (!requested && !givenPurposes.equals(extendedKeyUsages)) {
                return none("extended key usages");
            }
        }
        boolean authority = profile.authority() != null;
        String objection = UsageRules.objection(givenKeyUsages, givenPurposes, authority);
        if (objection == null && givenPurposes.isEmpty() && !authority) {
            objection = "The key usages are good for none of the purposes that policy gives";
        }
        return objection == null
                ? new Outcome.Given(givenKeyUsages, givenPurposes)
                : new Outcome.None(Refusals.usagesNotTogether(objection));
    }

    private static Outcome none(String what) {
        return new Outcome.None(Refusals.usageNotGranted(what));
    }
}
