package dev.signet.ca.authority;

/// What an authority is for. The text form is kept in the database.
enum AuthorityRole {
    ROOT("root"),
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
