package dev.signet.client.rotation;

import java.time.Instant;

/// When to ask for the next certificate: at a moment drawn evenly from `[start, end]`.
public record RenewalWindow(Instant start, Instant end) {}
