package dev.signet.ca.privilege;

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
        if (isReserved(spiffeId)) {
            throw new IllegalArgumentException(
                    "signet.admin.certificates: spiffe-id "
                            + spiffeId
                            + " is the CA's own: IDs under /signet/operator/ are admins without a"
                            + " mapping, the others under /signet/ have no role (expected: an ID"
                            + " outside of /signet/)");
        }
        roles = List.copyOf(roles);
    }

    private static boolean isReserved(String spiffeId) {
        String text = SpiffeIdPattern.parse(spiffeId).orElseThrow().toString();
        return text.startsWith("/signet/", text.indexOf('/', "spiffe://".length()));
    }

    SpiffeIdPattern pattern() {
        return SpiffeIdPattern.parse(spiffeId).orElseThrow();
    }
}
