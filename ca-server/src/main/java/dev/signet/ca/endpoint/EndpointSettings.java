package dev.signet.ca.endpoint;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/// Settings under `signet.federation.endpoint`: where other trust domains get our bundle.
///
/// @param enabled default false
/// @param address to listen on; empty: all
/// @param port default 8444; 0: any free one
/// @param profile default HTTPS_SPIFFE
/// @param certificateFile PEM chain to show with HTTPS_WEB, read again when it changes
/// @param keyFile its PKCS#8 key, PEM
/// @param connections at the same time; default 1000, 1 to 100,000
/// @param requests at the same time; default 64, 1 to 10,000
public record EndpointSettings(
        Boolean enabled,
        String address,
        Integer port,
        Profile profile,
        @Nullable Path certificateFile,
        @Nullable Path keyFile,
        Integer connections,
        Integer requests) {

    /// How the endpoint proves whose it is.
    public enum Profile {
        /// By the certificate of the files, from a CA that the other side knows.
        HTTPS_WEB,

        /// By this server's own X509-SVID.
        HTTPS_SPIFFE
    }

    private static final int HIGHEST_PORT = 65_535;

    /// @throws IllegalArgumentException when a value is out of its bounds, or a file is missing
    public EndpointSettings(
            @Nullable Boolean enabled,
            @Nullable String address,
            @Nullable Integer port,
            @Nullable Profile profile,
            @Nullable Path certificateFile,
            @Nullable Path keyFile,
            @Nullable Integer connections,
            @Nullable Integer requests) {
        this.enabled = enabled != null && enabled;
        this.address = address == null ? "" : address;
        this.port = port == null ? 8444 : port;
        this.profile = profile == null ? Profile.HTTPS_SPIFFE : profile;
        this.certificateFile = certificateFile;
        this.keyFile = keyFile;
        this.connections = connections == null ? 1_000 : connections;
        this.requests = requests == null ? 64 : requests;
        within("port", this.port, 0, HIGHEST_PORT);
        within("connections", this.connections, 1, 100_000);
        within("requests", this.requests, 1, 10_000);
        boolean files = certificateFile != null && keyFile != null;
        if (this.profile == Profile.HTTPS_WEB && this.enabled && !files) {
            throw new IllegalArgumentException(
                    "signet.federation.endpoint.profile is HTTPS_WEB without a certificate"
                            + " (expected: certificate-file and key-file)");
        }
    }

    private static void within(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "signet.federation.endpoint."
                            + name
                            + " is "
                            + value
                            + " (expected: "
                            + least
                            + " to "
                            + most
                            + ")");
        }
    }
}
