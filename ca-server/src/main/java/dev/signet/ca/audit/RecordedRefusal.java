package dev.signet.ca.audit;

import java.time.Instant;

/// One or more equal refusals of a minute, with the whole of the first one. Immutable.
///
/// @param firstAt of the first, by the clock of the replica
/// @param lastAt of the last in that minute
/// @param refusals how many in that minute, at least 1
/// @param replica server that refused
/// @param request the first of them
public record RecordedRefusal(
        Instant firstAt, Instant lastAt, long refusals, String replica, RefusedRequest request) {

    static final int MAX_KIND = 64;
    static final int MAX_NAME = 2048;
    static final int MAX_ADDRESS = 64;
    static final int MAX_RULE = 256;
    static final int MAX_TEXT = 512;
}
