package dev.signet.ca.authority;

/// Where an authority is in its life. The text form is kept in the database.
enum AuthorityState {
    /// Trusted, does not sign yet.
    PREPARED("prepared"),
    /// Trusted and signs.
    ACTIVE("active"),
    /// Trusted, does not sign any more.
    RETIRED("retired"),
    /// Not trusted any more.
    REVOKED("revoked");

    private final String text;

    AuthorityState(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    static AuthorityState of(String text) {
        for (AuthorityState state : values()) {
            if (state.text.equals(text)) {
                return state;
            }
        }
        throw new IllegalArgumentException("unknown authority state: " + text);
    }
}
