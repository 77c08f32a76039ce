package dev.signet.ca.audit;

import java.time.Instant;

/// An event on record. Immutable.
///
/// @param id ascends in the order of commits, with gaps
/// @param at when it was written, by the database's clock
/// @param replica server that wrote it
public record RecordedEvent(long id, Instant at, String replica, AuditEvent event) {}
