package dev.signet.ca.rotation;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Whether those who would have to verify certificates of an issuing CA know its root: counted over
/// the identities that have an unexpired, unrevoked certificate on record, without this CA's own
/// servers, operators and intermediate CAs, which verify nothing on behalf of workloads.
/// Thread-safe; blocks on PostgreSQL, for longer the more certificates are live.
///
/// Each throws [dev.signet.ca.ledger.LedgerUnavailableException] when PostgreSQL did not answer.
public interface ActivationGate {

    /// Empty: no such issuing CA is on record.
    ///
    /// @param mostStragglers how many of them are named at most
    Optional<Readiness> readiness(String authorityId, int mostStragglers);

    /// Gives every straggler, in order of SPIFFE ID. What the consumer throws ends the call.
    ///
    /// @return whether there is such an issuing CA
    boolean forEachStraggler(String authorityId, Consumer<Straggler> consumer);

    /// How far an issuing CA is.
    ///
    /// @param knownRoot its root is the one of what signs now, which everybody knows: nobody need
    ///   say anything
    /// @param version first version of the trust bundle from which on its root was always in it; 0:
    ///   none is published yet
    /// @param identities how many count
    /// @param acknowledged how many of those have said that they know the root
    /// @param requiredShare of them that must have, 0 to 1
    /// @param stragglers some that have not, in order of SPIFFE ID
    record Readiness(
            String authorityId,
            String rootId,
            boolean knownRoot,
            long version,
            long identities,
            long acknowledged,
            double requiredShare,
            List<Straggler> stragglers) {

        public Readiness {
            stragglers = List.copyOf(stragglers);
        }

        /// 0 to 1; 1 where nobody counts.
        public double share() {
            return knownRoot || identities == 0 ? 1 : (double) acknowledged / identities;
        }

        /// Whether it may be activated without an override.
        public boolean ready() {
            return knownRoot || (version > 0 && share() >= requiredShare);
        }
    }

    /// An identity that has not said that it knows the root.
    ///
    /// @param certificates how many live ones it has
    /// @param heard of how many of those the holder has said anything
    /// @param version the oldest version of the trust bundle that one of them holds; null: none
    ///   said
    record Straggler(String spiffeId, long certificates, long heard, @Nullable Long version) {}
}
