package dev.signet.ca.federation;

import java.util.Locale;

/// How a bundle endpoint is authenticated.
public enum EndpointProfile {
    /// By the web PKI, or CAs that were named, and its host name.
    HTTPS_WEB,

    /// By an X509-SVID of a SPIFFE ID that was named.
    HTTPS_SPIFFE;

    /// `https_web`, `https_spiffe`.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static EndpointProfile of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
