package dev.signet.client;

/// Where a replica of the CA listens for gRPC.
///
/// @param host DNS name or IP address; the CA's certificate must name it
/// @param port 1 to 65535
public record CaAddress(String host, int port) {

    /// @throws IllegalArgumentException when host or port is out of bounds
    public CaAddress {
        if (host.isEmpty() || host.length() > 255) {
            throw new IllegalArgumentException(
                    "CA host has " + host.length() + " characters (expected: 1 to 255)");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("CA port: " + port + " (expected: 1 to 65535)");
        }
    }

    /// Reads `host:port` or `[ipv6]:port`.
    ///
    /// @throws IllegalArgumentException when the text is neither
    public static CaAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException(
                    "CA address: " + text + " (expected: host:port or [ipv6]:port)");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException(
                    "CA address: " + text + " (expected: brackets around an IPv6 address)");
        }
        try {
            return new CaAddress(host, Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "CA address: " + text + " (expected: a number after the last colon)", e);
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
