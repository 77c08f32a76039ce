package dev.signet.ca.reissue;

import dev.signet.ca.audit.Actor;

/// An order with what an operator wants to know of it. Immutable.
///
/// @param perSecond most renewals a second that its window was made for
/// @param certificates how many it named when it was made
/// @param by who ordered it
public record Reissue(
        RenewalOrder order, int perSecond, long certificates, String reason, Actor by) {}
