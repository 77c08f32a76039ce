package dev.signet.ca.revocation;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.audit.PrintableText;

/// Why and by whom something is revoked. Immutable.
///
/// @param comment for people, at most 1,024 printable characters; may be empty
public record RevocationCause(RevocationReason reason, String comment, Actor actor) {

    public static final int MAX_COMMENT_LENGTH = 1024;

    /// @throws IllegalArgumentException when the comment is none
    public RevocationCause {
        if (comment.length() > MAX_COMMENT_LENGTH || !PrintableText.isPrintable(comment)) {
            throw new IllegalArgumentException(
                    "comment: not at most " + MAX_COMMENT_LENGTH + " printable characters");
        }
    }
}
