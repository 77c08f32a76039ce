package dev.signet.ca.authority;

/// What an authority is for. The text form is kept in the database.
enum AuthorityRole {
    /// Signs issuing CAs; verifiers trust it.
    ROOT("root"),
    /// The key of a root of ours, in a certificate that another root of ours signed: for verifiers
    /// that know that one only.
    CROSS("cross"),
    /// Stands between a root and an issuing CA; its key is not here.
    INTERMEDIATE("intermediate"),
    /// Signs leaves.
    ISSUING("issuing");

    private final String text;

    AuthorityRole(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    static AuthorityRole of(String text) {
        for (AuthorityRole role : values()) {
            if (role.text.equals(text)) {
                return role;
            }
        }
        throw new IllegalArgumentException("unknown authority role: " + text);
    }
}
