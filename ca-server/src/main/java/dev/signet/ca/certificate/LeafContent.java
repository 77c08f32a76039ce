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

    public LeafContent {
        dnsNames = List.copyOf(dnsNames);
        ipAddresses = List.copyOf(ipAddresses);
    }
}
