package dev.signet.ca.certificate;

/// Purposes that a certificate may be for (RFC 5280 4.2.1.12).
public enum ExtendedKeyUsage {
    SERVER_AUTH("1.3.6.1.5.5.7.3.1"),
    CLIENT_AUTH("1.3.6.1.5.5.7.3.2"),
    CODE_SIGNING("1.3.6.1.5.5.7.3.3"),
    EMAIL_PROTECTION("1.3.6.1.5.5.7.3.4");

    private final String oid;

    ExtendedKeyUsage(String oid) {
        this.oid = oid;
    }

    public String oid() {
        return oid;
    }
}
