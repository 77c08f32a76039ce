package dev.signet.ca.rotation;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Whether those who would have to verify certificates of an issuing CA know its root: counted over
/// the identities that have an unexpired, unrevoked certificate on record, without this CA's own
/// servers, operators and intermediate CAs, which verify nothing on behalf of workloads.
///
/// An identity may have several holders, each with a key of its own: it counts as current when all
/// of them are. A holder is judged by its newest certificate: one that was renewed by proof of the
/// earlier one, or for the same key, takes its place. The proof is either that the holder said so
/// (a watch of the trust bundle), or that the answer with its newest certificate named a version of
/// the bundle that has the root. What a holder said with its newest certificate comes before the
/// answer.
///
/// Thread-safe; blocks on PostgreSQL, for longer the more certificates are live.
///
/// Each throws [dev.signet.ca.ledger.LedgerUnavailableException] when PostgreSQL did not answer.
public interface ActivationGate {

    /// Empty: no such issuing CA is on record.
    ///
    /// @param maxPendingClients how many of them are named at most
    Optional<Readiness> readiness(String authorityId, int maxPendingClients);

    /// Gives every pending client, in order of SPIFFE ID. What the consumer throws ends the call.
    ///
    /// @return whether there is such an issuing CA
    boolean forEachPendingClient(String authorityId, Consumer<PendingClient> consumer);

    /// How far an issuing CA is.
    ///
    /// @param knownRoot its root is the one of what signs now, which everybody knows: nobody need
    ///   say anything
    /// @param version first version of the trust bundle from which on its root was always in it; 0:
    ///   none is published yet
    /// @param identities how many count
    /// @param acknowledged how many of those have said that they know the root, each holder
    /// @param renewed how many further ones have holders for whom the answer with their newest
    ///   certificate stands, as they said nothing
    /// @param requiredShare of them that must have, 0 to 1
    /// @param pendingClients some that have not, in order of SPIFFE ID
    record Readiness(
            String authorityId,
            String rootId,
            boolean knownRoot,
            long version,
            long identities,
            long acknowledged,
            long renewed,
            double requiredShare,
            List<PendingClient> pendingClients) {

        public Readiness {
            pendingClients = List.copyOf(pendingClients);
        }

        /// 0 to 1; 1 where nobody counts.
        public double share() {
            return knownRoot || identities == 0 ? 1 : (double) current() / identities;
        }

        /// Identities with either proof.
        public long current() {
            return acknowledged + renewed;
        }

        /// Whether it may be activated without an override.
        public boolean ready() {
            return knownRoot || (version > 0 && share() >= requiredShare);
        }
    }

    /// An identity with a holder for which there is no proof that it knows the root.
    ///
    /// @param certificates its holders: live certificates that no newer one takes the place of
    /// @param heard how many of those have said anything
    /// @param version the oldest version of the trust bundle that one of them said; null: none said
    record PendingClient(String spiffeId, long certificates, long heard, @Nullable Long version) {}
}
