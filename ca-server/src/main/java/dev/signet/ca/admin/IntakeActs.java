package dev.signet.ca.admin;

import dev.signet.ca.admin.AuthorityActs.Changes;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.authority.AuthorityIntake.Material;
import dev.signet.ca.authority.AuthorityIntake.Requesting;

import org.jspecify.annotations.Nullable;

/// Taking in authorities of others; otherwise as [AuthorityActs]. Neither keys nor passphrases get
/// into the audit trail. Thread-safe.
public interface IntakeActs {

    /// Makes a key and a certification request of an issuing CA. Refused: CONFLICT.
    ActOutcome<Requesting.Made> request(Actor actor, String reason);

    /// Takes the signed certificate of a request: prepared, and its root trusted from now on.
    /// Refused: CONFLICT, AUTHORITY_NOT_ACCEPTED.
    ///
    /// @param certificates PEM
    ActOutcome<Changes> accept(
            Actor actor, byte[] certificates, @Nullable String expected, String reason);

    /// Takes a root or issuing CA with its key. Refused: CONFLICT, AUTHORITY_NOT_ACCEPTED.
    ActOutcome<Changes> takeIn(
            Actor actor, Material material, @Nullable String expected, String reason);
}
