package dev.signet.ca.issuance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.attestation.AttestedCaller;
import dev.signet.ca.authority.TestAuthority;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.policy.Decision;
import dev.signet.ca.policy.Explanation;
import dev.signet.ca.policy.PolicyRequest;
import dev.signet.ca.policy.PolicySnapshot;
import dev.signet.ca.privilege.CertificateRoles;
import dev.signet.ca.privilege.Principal;
import dev.signet.ca.privilege.Privileges;
import dev.signet.ca.privilege.Role;
import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.Map;
import java.util.Set;

class RoleGuardTest {

    private static final SpiffeId ADMIN = id("/people/admin");
    private static final SpiffeId WORKLOAD = id("/ns/shop/sa/orders");
    private static final Privileges PRIVILEGES =
            new Privileges(
                    TestAuthority.TRUST_DOMAIN,
                    List.of(
                            new CertificateRoles(ADMIN.toString(), List.of(Role.ADMIN)),
                            new CertificateRoles(
                                    id("/ra/trusted").toString(), List.of(Role.ADMIN))));

    private final RoleGuard guard = new RoleGuard(PRIVILEGES);

    private static SpiffeId id(String path) {
        return new SpiffeId(TestAuthority.TRUST_DOMAIN, path);
    }

    private record Policy(Set<Role> activatorRoles) implements PolicySnapshot {
        @Override
        public String version() {
            return "7";
        }

        @Override
        public Decision decide(PolicyRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Explanation explain(PolicyRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<dev.signet.ca.certificate.CertificateProfile> profiles() {
            return List.of();
        }

        @Override
        public boolean mayBlock() {
            return false;
        }
    }

    private boolean given(EvidenceKind kind, Principal creator, Set<Role> activator, SpiffeId id) {
        return given(kind, creator, activator, id, Map.of());
    }

    private boolean given(
            EvidenceKind kind,
            Principal creator,
            Set<Role> activator,
            SpiffeId id,
            Map<String, String> attributes) {
        var objection =
                guard.objection(
                        new Policy(activator),
                        new AttestedCaller(kind, "whoever", attributes, null, null, creator),
                        id);
        objection.ifPresent(
                refusal -> assertThat(refusal.code()).isEqualTo(RefusalCode.ROLE_REQUIRED));
        return objection.isEmpty();
    }

    @ParameterizedTest
    @EnumSource(EvidenceKind.class)
    void aWorkloadNeedsNobodysRole(EvidenceKind kind) {
        assertThat(given(kind, null, Set.of(), WORKLOAD)).isTrue();
    }

    @Test
    void aJoinTokenGivesWhatItsCreatorHeldAndStillHolds() {
        assertThat(
                        given(
                                EvidenceKind.JOIN_TOKEN,
                                new Principal("oidc", "issuer|olga", Set.of(Role.OPERATOR)),
                                Set.of(Role.ADMIN),
                                ADMIN))
                .isFalse();
        assertThat(
                        given(
                                EvidenceKind.JOIN_TOKEN,
                                new Principal("oidc", "issuer|anna", Set.of(Role.ADMIN)),
                                Set.of(),
                                ADMIN))
                .isTrue();
        assertThat(given(EvidenceKind.JOIN_TOKEN, null, Set.of(Role.ADMIN), ADMIN))
                .as("roles that are not on record")
                .isFalse();
        assertThat(
                        given(
                                EvidenceKind.JOIN_TOKEN,
                                new Principal(
                                        Principal.CERTIFICATE,
                                        id("/people/left").toString(),
                                        Set.of(Role.ADMIN)),
                                Set.of(),
                                ADMIN))
                .as("an admin that is none any more")
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = EvidenceKind.class,
            names = {"KUBERNETES", "OIDC"})
    void whatPolicyDecidesAloneTakesTheRolesOfWhoeverPutItInForce(EvidenceKind kind) {
        assertThat(given(kind, null, Set.of(), ADMIN)).isFalse();
        assertThat(given(kind, null, Set.of(Role.SECURITY_OFFICER), ADMIN)).isFalse();
        assertThat(given(kind, null, Set.of(Role.ADMIN), ADMIN)).isTrue();
    }

    @Test
    void aRegistrationAuthorityGivesWhatItCarriesItself() {
        assertThat(
                        given(
                                EvidenceKind.REGISTRATION_AUTHORITY,
                                null,
                                Set.of(Role.ADMIN),
                                ADMIN,
                                Map.of(
                                        "registration-authority.spiffe-id",
                                        id("/ra/any").toString())))
                .isFalse();
        assertThat(
                        given(
                                EvidenceKind.REGISTRATION_AUTHORITY,
                                null,
                                Set.of(),
                                ADMIN,
                                Map.of(
                                        "registration-authority.spiffe-id",
                                        id("/ra/trusted").toString())))
                .isTrue();
        assertThat(
                        given(
                                EvidenceKind.REGISTRATION_AUTHORITY,
                                null,
                                Set.of(Role.ADMIN),
                                ADMIN,
                                Map.of()))
                .isFalse();
    }

    @Test
    void aCertificateIsRenewedByItself() {
        assertThat(given(EvidenceKind.CURRENT_CERTIFICATE, null, Set.of(), ADMIN)).isTrue();
    }

    @Test
    void theFlowRefusesAndPutsNothingOnRecord() {
        FlowRig rig = new FlowRig();
        rig.privileges =
                new Privileges(
                        TestAuthority.TRUST_DOMAIN,
                        List.of(
                                new CertificateRoles(
                                        "spiffe://"
                                                + TestAuthority.TRUST_DOMAIN
                                                + "/ns/shop/sa/orders",
                                        List.of(Role.VIEWER))));
        FlowRig.Answers answers = rig.issue();
        answers.refused(RefusalCode.ROLE_REQUIRED);
        rig.assertConsistent(answers);
        assertThat(rig.requestsRead).as("certification requests read").hasValue(0);
    }
}
