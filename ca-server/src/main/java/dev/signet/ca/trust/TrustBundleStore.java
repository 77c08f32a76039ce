package dev.signet.ca.trust;

import dev.signet.ca.authority.TrustAnchors;
import dev.signet.ca.identity.TrustDomain;

import java.util.List;
import java.util.Optional;

/// The versions of the trust bundle on record, the same for all replicas. Thread-safe; blocks on
/// the database, within its timeouts.
interface TrustBundleStore {

    /// The newest version, if there is any.
    ///
    /// @throws org.springframework.dao.DataAccessException when the database did not answer
    Optional<Version> latest(TrustDomain trustDomain);

    /// Records the anchors as the next version, which is at least the seconds since the Unix epoch,
    /// unless the newest version says the same or follows from a later generation.
    ///
    /// @return the newest version now, whoever recorded it
    /// @throws org.springframework.dao.DataAccessException when the database did not answer; the
    ///   version may have been recorded nevertheless
    Version publish(TrustDomain trustDomain, TrustAnchors anchors);

    /// Records what the newest version says once more, in a version greater than the given one,
    /// unless the newest is greater already.
    ///
    /// @param version that somebody holds although it is not on record
    /// @return the newest version now; empty when the given one lies so far in the future that no
    ///   server of this CA can have made it, or nothing has been published yet
    /// @throws org.springframework.dao.DataAccessException when the database did not answer; the
    ///   version may have been recorded nevertheless
    Optional<Version> surpass(TrustDomain trustDomain, long version);

    /// Records that this server names the version, or a later one, in all its answers from now on.
    /// Doing it again does nothing.
    ///
    /// @throws org.springframework.dao.DataAccessException when the database did not answer; it may
    ///   have been recorded nevertheless
    void use(TrustDomain trustDomain, long version);

    /// One version.
    ///
    /// @param generation of the anchors that it follows from
    /// @param certificates DER, ordered by their octets
    record Version(long version, long generation, List<byte[]> certificates) {
        public Version {
            certificates = List.copyOf(certificates);
        }
    }
}
