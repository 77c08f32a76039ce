package dev.signet.ca.certificate;

import dev.signet.ca.identity.SpiffeId;

import java.util.List;

/// Everything that a leaf certificate will say, decided before anything is signed. Immutable.
///
/// @param serialNumber taken from the ledger, used once
/// @param issuer the authority that will sign
/// @param validity within the issuer's
/// @param spiffeId the one URI SAN
/// @param dnsNames further SANs; empty for workloads, the server's own names for its certificate
/// @param ipAddresses further SANs, 4 or 16 octets each
/// @param key the subject's public key
/// @param profile the rest
public record LeafContent(
        SerialNumber serialNumber,
        Issuer issuer,
        Validity validity,
        SpiffeId spiffeId,
        List<String> dnsNames,
        List<byte[]> ipAddresses,
        SubjectKey key,
        LeafProfile profile) {

    private static final int MAX_NAMES = 100;
    private static final int MAX_DNS_NAME = 253;
    private static final int MAX_LABEL = 63;

    /// @throws IllegalArgumentException when a DNS name is not labels of letters, digits and inner
    ///   hyphens (RFC 1123 2.1), an IP address has not 4 or 16 octets, or there are more than 100
    public LeafContent {
        dnsNames = List.copyOf(dnsNames);
        ipAddresses = List.copyOf(ipAddresses);
        if (dnsNames.size() + ipAddresses.size() > MAX_NAMES) {
            throw new IllegalArgumentException("more than " + MAX_NAMES + " names");
        }
        for (String name : dnsNames) {
            requireDnsName(name);
        }
        for (byte[] address : ipAddresses) {
            if (address.length != 4 && address.length != 16) {
                throw new IllegalArgumentException(
                        "IP address has " + address.length + " octets (expected: 4 or 16)");
            }
        }
    }

    private static void requireDnsName(String name) {
        int label = 0;
        boolean valid = !name.isEmpty() && name.length() <= MAX_DNS_NAME;
        for (int i = 0; valid && i <= name.length(); i++) {
            char c = i == name.length() ? '.' : name.charAt(i);
            if (c == '.') {
                valid = label > 0 && label <= MAX_LABEL && name.charAt(i - 1) != '-';
                label = 0;
            } else {
                boolean letterOrDigit =
                        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                valid = letterOrDigit || (c == '-' && label > 0);
                label++;
            }
        }
        if (!valid) {
            throw new IllegalArgumentException(
                    "DNS name is not dot-separated labels of letters, digits and inner hyphens, at"
                            + " most 253 characters");
        }
    }
}
