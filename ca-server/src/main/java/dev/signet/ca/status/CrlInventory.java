package dev.signet.ca.status;

import java.time.Instant;
import java.util.List;

/// The CRLs that this replica hands out, for an operator to look at. Thread-safe; never blocks.
public interface CrlInventory {

    /// By authority, then by shard.
    List<Description> crls();

    /// One CRL. Immutable.
    ///
    /// @param authorityId that signed it, 64 hexadecimal digits
    /// @param shard 0: all of its certificates, in the full CRL; 1: all of its certificates; 2 n
    ///   and 2 n + 1: the halves of n
    /// @param number grows within a shard
    /// @param entries certificates that it names
    /// @param octets of its DER
    /// @param path on the plain HTTP port
    /// @param uris that certificates name it by; empty: none do
    record Description(
            String authorityId,
            int shard,
            long number,
            Instant thisUpdate,
            Instant nextUpdate,
            int entries,
            int octets,
            String path,
            List<String> uris) {

        public Description {
            uris = List.copyOf(uris);
        }
    }
}
