package dev.signet.ca.privilege;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.identity.TrustDomain;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

class PrivilegesTest {

    private static final TrustDomain DOMAIN = new TrustDomain("example.org");
    private static final Privileges PRIVILEGES =
            new Privileges(
                    DOMAIN,
                    List.of(
                            new CertificateRoles(
                                    "spiffe://example.org/people/anna", List.of(Role.ADMIN)),
                            new CertificateRoles(
                                    "spiffe://example.org/people/*", List.of(Role.VIEWER)),
                            new CertificateRoles(
                                    "spiffe://example.org/officers/*",
                                    List.of(Role.SECURITY_OFFICER)),
                            new CertificateRoles(
                                    "spiffe://example.com/people/eve", List.of(Role.ADMIN))));

    private static Set<Role> roles(String text) {
        return text == null
                ? Set.of()
                : Arrays.stream(text.split(" "))
                        .map(name -> Role.named(name).orElseThrow())
                        .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @CsvSource({
        "spiffe://example.org/people/anna, admin viewer",
        "spiffe://example.org/people/bert, viewer",
        "spiffe://example.org/people, ",
        "spiffe://example.org/people/bert/laptop, ",
        "spiffe://example.org/People/anna, ",
        "spiffe://example.org/officers/otto, security-officer",
        "spiffe://example.com/people/eve, ",
        "spiffe://example.com/people/anna, ",
        "spiffe://example.org/signet/operator/bootstrap, admin",
        "spiffe://example.org/signet/operator/alice, admin",
        "spiffe://example.org/signet/operator/alice/x, ",
        "spiffe://example.org/signet/server, "
    })
    void anIdentityCarriesTheRolesOfEachMappingThatMatchesIt(String id, String roles) {
        assertThat(PRIVILEGES.of(SpiffeId.parse(id).orElseThrow())).isEqualTo(roles(roles));
        assertThat(PRIVILEGES.of(SpiffeIdPattern.parse(id).orElseThrow())).isEqualTo(roles(roles));
    }

    @ParameterizedTest
    @CsvSource({
        "spiffe://example.org/people/*, admin viewer",
        "spiffe://example.org/officers/*, security-officer",
        "spiffe://example.org/shop/*, ",
        "spiffe://example.org/signet/operator/*, admin",
        "spiffe://example.org/*, "
    })
    void aPatternCarriesTheRolesOfAllThatItMayComeTo(String pattern, String roles) {
        assertThat(PRIVILEGES.of(SpiffeIdPattern.parse(pattern).orElseThrow()))
                .isEqualTo(roles(roles));
    }

    @Test
    void whoHeldARoleByACertificateHoldsItOnlyWhileTheIdentityCarriesItStill() {
        assertThat(
                        PRIVILEGES.held(
                                new Principal(
                                        Principal.CERTIFICATE,
                                        "spiffe://example.org/people/bert",
                                        EnumSet.of(Role.ADMIN, Role.VIEWER))))
                .containsExactly(Role.VIEWER);
        assertThat(
                        PRIVILEGES.held(
                                new Principal(
                                        Principal.CERTIFICATE,
                                        "spiffe://example.org/people/anna",
                                        Set.of(Role.OPERATOR))))
                .as("what it carries now and did not then is not held")
                .containsExactly(Role.OPERATOR);
        assertThat(PRIVILEGES.held(new Principal("oidc", "issuer|olga", Set.of(Role.ADMIN))))
                .containsExactly(Role.ADMIN);
    }

    @Test
    void anAdminCoversEveryRoleAndEveryRoleTheViewer() {
        for (Role held : Role.values()) {
            for (Role required : Role.values()) {
                assertThat(Role.cover(Set.of(held), Set.of(required)))
                        .as("%s covers %s", held, required)
                        .isEqualTo(
                                held == Role.ADMIN || held == required || required == Role.VIEWER);
            }
        }
        assertThat(Role.cover(Set.of(), Set.of())).isTrue();
        assertThat(Role.cover(Set.of(), Set.of(Role.VIEWER))).isFalse();
        assertThat(Role.cover(Set.of(Role.OPERATOR, Role.SECURITY_OFFICER), Set.of(Role.ADMIN)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spiffe://example.org/signet/operator/alice",
                "spiffe://example.org/signet/operator/*",
                "SPIFFE://example.org/signet/server"
            })
    void idsOfTheCaAreNotMapped(String id) {
        assertThatThrownBy(() -> new CertificateRoles(id, List.of(Role.VIEWER)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/signet/");
    }
}
