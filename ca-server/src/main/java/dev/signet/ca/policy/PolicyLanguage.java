package dev.signet.ca.policy;

import dev.signet.ca.certificate.KeyUsage;
import dev.signet.ca.certificate.ProfileRules;
import dev.signet.ca.certificate.ProfileTrial;
import dev.signet.ca.certificate.StatusInformation;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.privilege.Privileges;
import dev.signet.ca.privilege.Role;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Reads policy documents (docs/policy.md). Thread-safe; touches nothing but the CPU. A document of
/// 100 rules takes some 20 ms, once the code is warm.
public interface PolicyLanguage {

    /// The language for one trust domain and within one server's bounds. Holds profiles against RFC
    /// 5280 and tries none out.
    static PolicyLanguage of(TrustDomain trustDomain, PolicySettings settings) {
        return new DocumentCompiler(
                trustDomain,
                settings,
                Privileges.builtIn(trustDomain),
                ProfileRules::objections,
                PolicySurroundings.UNKNOWN);
    }

    /// The same, where each profile of a document is tried out, too, and held against what this
    /// server can say of certificates' status, each rule against the identities that carry roles of
    /// the admin API, and the document against what the server gives to a policy.
    static PolicyLanguage of(
            TrustDomain trustDomain,
            PolicySettings settings,
            ProfileTrial trial,
            StatusInformation status,
            Privileges privileges,
            PolicySurroundings surroundings) {
        return new DocumentCompiler(
                trustDomain,
                settings,
                privileges,
                profile -> {
                    List<String> objections =
                            new ArrayList<>(trial.objections(profile, trustDomain));
                    objections.addAll(status.objections(profile));
                    return objections;
                },
                surroundings);
    }

    /// The policy that is built into the server, version 0.
    default PolicySnapshot builtIn() {
        return BuiltInDocument.compile(this, Set.of());
    }

    /// Checks all of a document, and makes a snapshot of it where nothing is wrong.
    ///
    /// @param document YAML, at most 256 KiB; larger is not accepted
    /// @param label how the snapshot's version begins: a number, `candidate`, ...
    default Reading read(String document, String label) {
        return read(document, label, Set.of());
    }

    /// The same of a version that somebody put in force.
    ///
    /// @param activatorRoles that the person held then
    Reading read(String document, String label, Set<Role> activatorRoles);

    /// The same of a document that was accepted before: that this server does not give any more
    /// what it asks for is a warning.
    default Reading readInForce(String document, String label, Set<Role> activatorRoles) {
        return read(document, label, activatorRoles);
    }

    /// @param text as documents write it
    /// @throws IllegalArgumentException when there is none
    static KeyUsage keyUsage(String text) {
        KeyUsage usage = Values.KEY_USAGES.get(text);
        if (usage == null) {
            throw new IllegalArgumentException(
                    "there is no such key usage (expected: one of "
                            + String.join(", ", Values.KEY_USAGES.keySet())
                            + ")");
        }
        return usage;
    }

    /// What became of it. Findings are in the order of the document, at most 100.
    sealed interface Reading {

        List<PolicyFinding> findings();

        /// @param findings warnings
        record Accepted(PolicySnapshot snapshot, List<PolicyFinding> findings) implements Reading {
            public Accepted {
                findings = List.copyOf(findings);
            }
        }

        /// @param findings at least one error
        record NotAccepted(List<PolicyFinding> findings) implements Reading {
            public NotAccepted {
                findings = List.copyOf(findings);
            }
        }
    }
}
