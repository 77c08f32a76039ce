package dev.signet.ca.revocation;

import dev.signet.ca.certificate.SerialNumber;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/// Every revocation of a certificate that may still be presented, as this replica knows it: a copy
/// of what is on record, at most a second old while PostgreSQL answers, and complete from the start
/// of the server on. What has expired leaves it. Thread-safe; never blocks on the database.
public interface RevocationFeed {

    /// Empty: not revoked, as far as this replica knows.
    Optional<RevokedCertificate> find(SerialNumber serialNumber);

    /// How far this replica's knowledge goes.
    Knowledge knowledge();

    /// Gives every entry with a greater sequence than that, in order of sequence, of one moment.
    /// Memory stays the same however many there are. What the consumer throws ends the call.
    ///
    /// @param sequence 0: all
    /// @return what the entries are complete up to
    Knowledge forEachAfter(long sequence, Consumer<RevokedCertificate> consumer);

    /// Whether this CA's record, as it is now, ever had an entry of that sequence: if not, whoever
    /// has seen it knows of revocations that were lost when PostgreSQL was put back to an earlier
    /// moment. 0 is always known. Entries that expired long ago may be unknown, so a caller takes
    /// `false` as reason to send everything, and as a hint to the operator.
    boolean knows(long sequence);

    /// Calls the listener, on a thread of the feed, after the feed has grown. It must not block.
    ///
    /// @return closes the subscription; may be called more than once
    AutoCloseable watch(Runnable listener);

    /// @param sequence of the newest entry; 0: there has been none
    /// @param asOf when PostgreSQL was last asked with success: how old the knowledge is at most
    record Knowledge(long sequence, Instant asOf) {}
}
