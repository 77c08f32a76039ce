package dev.signet.ca.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.certificate.FakeStatusInformation;
import dev.signet.ca.certificate.ProfileTrial;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.privilege.CertificateRoles;
import dev.signet.ca.privilege.Privileges;
import dev.signet.ca.privilege.Role;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Set;

class RoleReachTest {

    private static final PolicyLanguage LANGUAGE =
            PolicyLanguage.of(
                    PolicyTexts.DOMAIN,
                    PolicySettings.defaults(),
                    new ProfileTrial(CryptoProvider.detect()),
                    new FakeStatusInformation(),
                    new Privileges(
                            PolicyTexts.DOMAIN,
                            List.of(
                                    new CertificateRoles(
                                            "spiffe://example.org/people/admin",
                                            List.of(Role.ADMIN)),
                                    new CertificateRoles(
                                            "spiffe://example.org/ops/*", List.of(Role.OPERATOR)))),
                    PolicySurroundings.UNKNOWN);

    private static PolicyLanguage.Reading.Accepted read(String rule) {
        PolicyLanguage.Reading reading =
                LANGUAGE.read(
                        PolicyTexts.document(
                                rule.replace("; ", "\n").indent(2).replaceFirst("  ", "- ")),
                        "1");
        assertThat(reading).as("%s", reading).isInstanceOf(PolicyLanguage.Reading.Accepted.class);
        return (PolicyLanguage.Reading.Accepted) reading;
    }

    private static Set<Role> roles(String rule) {
        List<ProtectedGrant> grants = read(rule).snapshot().protectedGrants();
        return grants.isEmpty() ? Set.of() : grants.getFirst().roles();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name: r; grant: {spiffeId: '{request.spiffeId}'}",
                "name: r; grant: {spiffeId: 'spiffe://example.org/people/admin'}",
                "name: r; grant: {spiffeId: 'spiffe://{trustDomain}/people/{evidence.subject}'}",
                "name: r; grant: {spiffeId: 'spiffe://{trustDomain}/{attributes[\"a/b\"]}/admin'}",
                "name: r; grant: {spiffeId: 'spiffe://{trustDomain}/p{attributes[\"a\"]}/{attributes[\"b\"]}n'}",
                "name: r; when: evidence.kind == 'oidc'; grant: {spiffeId: {oneOf: ['spiffe://{trustDomain}/people/*']}}",
                "name: r; when: evidence.kind in ['join-token', 'kubernetes']; grant: {spiffeId: {oneOf: ['spiffe://{trustDomain}/shop/*', 'spiffe://{trustDomain}/**']}}",
                "name: r; when: attributes[\"ns\"] in ['people', 'shop']; grant: {spiffeId: 'spiffe://{trustDomain}/{attributes[\"ns\"]}/admin'}",
                "name: r; when: request.spiffeId == 'spiffe://example.org/people/admin'; grant: {spiffeId: '{request.spiffeId}'}"
            })
    void aRuleThatCanComeToAnAdminIsNamed(String rule) {
        assertThat(roles(rule)).contains(Role.ADMIN);
        assertThat(read(rule).findings())
                .extracting(PolicyFinding::message)
                .anyMatch(message ->
                        message.contains("spiffe://example.org/people/admin")
                                && message.contains("admin"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name: r; grant: {spiffeId: '{evidence.spiffeId}'}",
                "name: r; grant: {spiffeId: 'spiffe://{trustDomain}/people/admin/x'}",
                "name: r; grant: {spiffeId: 'spiffe://{trustDomain}/people/x{evidence.subject}'}",
                "name: r; grant: {spiffeId: 'spiffe://{trustDomain}/ns/{attributes[\"a\"]}'}",
                "name: r; grant: {spiffeId: {oneOf: ['spiffe://{trustDomain}/people/*/x', 'spiffe://{trustDomain}/shop/**']}}",
                "name: r; when: evidence.kind == 'join-token'; grant: {spiffeId: {oneOf: ['spiffe://{trustDomain}/**']}}",
                "name: r; when: attributes[\"ns\"] == 'shop'; grant: {spiffeId: 'spiffe://{trustDomain}/{attributes[\"ns\"]}/admin'}",
                "name: r; when: request.spiffeId == 'spiffe://example.org/people/anna'; grant: {spiffeId: '{request.spiffeId}'}",
                "name: r; when: evidence.kind == 'current-certificate'; grant: {spiffeId: '{evidence.spiffeId}'}"
            })
    void aRuleThatCannotIsNot(String rule) {
        assertThat(roles(rule)).isEmpty();
        assertThat(read(rule).findings())
                .extracting(PolicyFinding::message)
                .noneMatch(message -> message.contains("roles of the admin API"));
    }

    @Test
    void ofAPatternThatIsMappedAnyIdCounts() {
        assertThat(roles("name: r; grant: {spiffeId: 'spiffe://{trustDomain}/ops/night'}"))
                .containsExactly(Role.OPERATOR);
        assertThat(roles("name: r; grant: {spiffeId: {oneOf: ['spiffe://{trustDomain}/*/night']}}"))
                .containsExactly(Role.OPERATOR);
    }

    @Test
    void aRegistrationAuthoritysRuleIsFlaggedAndTakesNoRoleToPutInForce() {
        String rule =
                "name: r; when: evidence.kind == 'registration-authority'; grant: {spiffeId:"
                        + " '{request.spiffeId}'}";
        assertThat(roles(rule)).isEmpty();
        assertThat(read(rule).findings())
                .extracting(PolicyFinding::message)
                .anyMatch(message -> message.contains("only if it carries them itself"));
    }
}
