package dev.signet.client;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/// One message of the CA's feed of revocations.
///
/// @param sequence what to come back with; 0: not said
/// @param snapshotBegin what follows is complete by itself
/// @param afterUnknown the CA has no record of the sequence that this client came back with
/// @param revoked of which certificates
/// @param age how old the CA's knowledge is, where the client now has all of it; null: there is
///   more to come
record RevocationUpdate(
        long sequence,
        boolean snapshotBegin,
        boolean afterUnknown,
        List<Serials> revoked,
        @Nullable Duration age) {

    RevocationUpdate {
        revoked = List.copyOf(revoked);
    }

    /// @param period first four octets of each serial number
    /// @param random the other 16 of each
    record Serials(int period, ByteBuffer random) {}
}
