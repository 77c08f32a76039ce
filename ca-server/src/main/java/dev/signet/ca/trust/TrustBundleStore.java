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

    /// Records the anchors as the next version, unless the newest version says the same or follows
    /// from a later generation.
    ///
    /// @return the newest version now, whoever recorded it
    /// @throws org.springframework.dao.DataAccessException when the database did not answer; the
    ///   version may have been recorded nevertheless
    Version publish(TrustDomain trustDomain, TrustAnchors anchors);

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
