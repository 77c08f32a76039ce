package dev.signet.ca.status;

import java.time.Instant;
import java.util.List;

/// A CRL as it is on record. Immutable; the octets must not be changed.
///
/// @param number of the CRL; grows within a shard
/// @param sequence revocations up to it are in the CRL
/// @param entries how many certificates it names
/// @param uris of its distribution point; empty: it is about all certificates
/// @param der CertificateList
@SuppressWarnings("ArrayRecordComponent") // never compared
record CrlRecord(
        Shard shard,
        long number,
        Instant thisUpdate,
        Instant nextUpdate,
        long sequence,
        int entries,
        List<String> uris,
        byte[] der) {

    CrlRecord {
        uris = List.copyOf(uris);
    }

    /// Two CRLs of a shard never have the same number.
    String tag() {
        return "\"" + shard.id() + "-" + number + "\"";
    }
}
