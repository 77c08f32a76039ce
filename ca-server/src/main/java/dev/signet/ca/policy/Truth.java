package dev.signet.ca.policy;

/// What a condition, or a part of one, comes to.
enum Truth {
    TRUE,
    FALSE,
    /// It could not be said, most often because an attribute is not there. A rule that grants is
    /// then not for the request; a rule that denies is.
    FAILED;

    static Truth of(boolean value) {
        return value ? TRUE : FALSE;
    }

    /// CEL's `&&`: one false part decides, whatever became of the others.
    Truth and(Truth other) {
        if (this == FALSE || other == FALSE) {
            return FALSE;
        }
        return this == FAILED || other == FAILED ? FAILED : TRUE;
    }

    /// CEL's `||`: one true part decides, whatever became of the others.
    Truth or(Truth other) {
        if (this == TRUE || other == TRUE) {
            return TRUE;
        }
        return this == FAILED || other == FAILED ? FAILED : FALSE;
    }
}
