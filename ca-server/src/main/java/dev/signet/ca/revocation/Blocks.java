package dev.signet.ca.revocation;

import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.refusal.Refusal;

import java.util.Optional;

/// Identities that get no certificate until they are released. Known on every replica within a
/// second of the commit. Thread-safe; never blocks.
public interface Blocks {

    /// Why nothing may be issued to this identity now: IDENTITY_BLOCKED; empty when nothing stands
    /// against it. To be asked when a request is decided, and again right before its certificate is
    /// handed over to be recorded.
    Optional<Refusal> objection(SpiffeId spiffeId);
}
