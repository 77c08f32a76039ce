package dev.signet.ca.issuance;

import dev.signet.ca.attestation.AttestedCaller;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.policy.PolicySnapshot;
import dev.signet.ca.privilege.Principal;
import dev.signet.ca.privilege.Privileges;
import dev.signet.ca.privilege.Role;
import dev.signet.ca.privilege.RoleNames;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import java.util.Optional;
import java.util.Set;

/// Keeps a certificate from being a way to a role: an identity that carries roles of the admin API
/// is given only where whoever causes it holds each of them, by the settings of now. Thread-safe;
/// never blocks, and costs one look-up where the identity carries none.
final class RoleGuard {

    private final Privileges privileges;

    RoleGuard(Privileges privileges) {
        this.privileges = privileges;
    }

    Optional<Refusal> objection(PolicySnapshot policy, AttestedCaller caller, SpiffeId id) {
        Set<Role> required = privileges.of(id);
        if (required.isEmpty()) {
            return Optional.empty();
        }
        return switch (caller.kind()) {
            // Nothing that it did not have before.
            case CURRENT_CERTIFICATE, SERVER -> Optional.empty();
            case JOIN_TOKEN -> {
                Principal creator = caller.creator();
                yield check(
                        required,
                        creator == null ? Set.of() : privileges.held(creator),
                        "the creator of join token "
                                + caller.subject()
                                + (creator == null
                                        ? ", whose roles are not on record,"
                                        : ", " + creator.kind() + " " + creator.subject() + ","),
                        id);
            }
            case REGISTRATION_AUTHORITY -> {
                String authority = caller.attributes().get("registration-authority.spiffe-id");
                yield check(
                        required,
                        Optional.ofNullable(authority)
                                .flatMap(SpiffeId::parse)
                                .map(privileges::of)
                                .orElse(Set.of()),
                        "the registration authority",
                        id);
            }
            case KUBERNETES, OIDC ->
                    check(
                            required,
                            policy.activatorRoles(),
                            "whoever put policy " + policy.version() + " in force",
                            id);
        };
    }

    private static Optional<Refusal> check(
            Set<Role> required, Set<Role> held, String who, SpiffeId id) {
        return Role.cover(held, required)
                ? Optional.empty()
                : Optional.of(
                        Refusal.withDiagnosis(
                                RefusalCode.ROLE_REQUIRED,
                                "The identity carries roles of the admin API that whoever would"
                                        + " cause this certificate does not hold. Ask an admin for a"
                                        + " join token.",
                                id
                                        + " carries "
                                        + String.join(", ", RoleNames.of(required))
                                        + ", and "
                                        + who
                                        + " held of that at most "
                                        + String.join(", ", RoleNames.of(held))));
    }
}
