package dev.signet.ca.policy;

import dev.signet.ca.certificate.CertificateProfile;

import java.util.List;

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

    /// Whether [#decide] may wait for something other than this CPU.
    boolean mayBlock();
}
