package dev.signet.ca.policy;

import dev.signet.ca.certificate.AlternativeNames;

/// The maximum size of what conditions read: how the cost of a condition is known before anybody
/// asks. In characters.
final class TextBounds {

    /// Of an attribute's value: of a token's claim, and of what a registration authority reports.
    static final int ATTRIBUTE = 1_024;

    static final int ATTRIBUTES = 64;
    static final int EVIDENCE_SUBJECT = 4_096;
    static final int SPIFFE_ID = 2_048;
    static final int DISTINGUISHED_NAME = 2_048;
    static final int DNS_NAME = 253;
    static final int SHORT = 64;

    /// All names of one request have 32,768 characters: where one is long, there are few.
    static final int NAME = 32_768 / AlternativeNames.MAX_NAMES;

    static final int NAMES = AlternativeNames.MAX_NAMES;

    private TextBounds() {}
}
