package dev.signet.ca.rest;

import dev.signet.ca.identity.SpiffeIdPattern;

import java.util.List;

/// Roles of the holders of client certificates, as configured under `signet.admin.certificates[n]`.
///
/// @param spiffeId a SPIFFE ID of this trust domain; a last segment of `*` stands for any one
/// @param roles what its holders are; at least one
public record CertificateRoles(String spiffeId, List<Role> roles) {

    public CertificateRoles {
        if (spiffeId == null || SpiffeIdPattern.parse(spiffeId).isEmpty()) {
            throw new IllegalArgumentException(
                    "signet.admin.certificates: spiffe-id "
                            + spiffeId
                            + " is none (expected: spiffe://trust.domain/path, the last segment"
                            + " may be *)");
        }
        if (roles == null || roles.isEmpty()) {
            throw new IllegalArgumentException(
                    "signet.admin.certificates: "
                            + spiffeId
                            + " has no roles (expected: some of viewer, operator,"
                            + " security-officer, admin)");
        }
        roles = List.copyOf(roles);
    }

    SpiffeIdPattern pattern() {
        return SpiffeIdPattern.parse(spiffeId).orElseThrow();
    }
}
