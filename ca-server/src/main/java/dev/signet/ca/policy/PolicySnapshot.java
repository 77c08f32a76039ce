package dev.signet.ca.policy;

import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.privilege.Role;

import java.util.List;
import java.util.Set;

/// One version of policy and profiles, immutable and thread-safe. A request takes it once and uses
/// it to its end (R5).
public interface PolicySnapshot {

    /// Names the version in the ledger.
    String version();

    /// First matching rule decides; none matches: POLICY_DENIED.
    Decision decide(PolicyRequest request);

    /// The same decision, and why: for operators, not for the hot path.
    Explanation explain(PolicyRequest request);

    /// Those that rules may name, by name: the built-in ones and the document's.
    List<CertificateProfile> profiles();

    /// What it can grant to callers of whom it alone decides (Kubernetes, OIDC), and that carries
    /// roles of the admin API.
    default List<ProtectedGrant> protectedGrants() {
        return List.of();
    }

    /// Roles of the admin API that the person held who put it in force: what it grants carries no
    /// others. Empty for one that nobody put in force.
    default Set<Role> activatorRoles() {
        return Set.of();
    }

    /// Whether [#decide] may wait for something other than this CPU.
    boolean mayBlock();
}
