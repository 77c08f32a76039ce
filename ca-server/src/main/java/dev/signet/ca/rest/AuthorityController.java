package dev.signet.ca.rest;

import dev.signet.ca.authority.AuthorityDescription;
import dev.signet.ca.authority.KnownAuthorities;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.policy.Policies;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// What signs, and what is signed.
@RestController
final class AuthorityController {

    private static final String ID = "[0-9a-f]{64}";
    private static final String NAME = "[a-z][a-z0-9-]{0,62}";

    private final KnownAuthorities authorities;
    private final Policies policies;

    AuthorityController(KnownAuthorities authorities, Policies policies) {
        this.authorities = authorities;
        this.policies = policies;
    }

    record Authority(
            @Field("SHA-256 of its certificate, hexadecimal") String id,
            @Field("root, cross, intermediate, issuing") String role,
            @Field("prepared, active, retired, revoked") String state,
            @Field("Distinguished name") String subject,
            @Field("First second of its life") Instant notBefore,
            @Field("Last second of its life") Instant notAfter,
            @Field("Its certificate, PEM") String pem,
            @Field("Id of who signed it; absent: it is a root") @Nullable String issuerId,
            @Field("Whether another CA wrote its certificate") boolean foreign,
            @Field("Whether its private key is here") boolean keyHere) {

        static Authority of(AuthorityDescription authority) {
            return new Authority(
                    authority.id(),
                    authority.role(),
                    authority.state(),
                    authority.subject(),
                    authority.validity().notBefore(),
                    authority.validity().notAfter(),
                    authority.pem(),
                    authority.issuerId(),
                    authority.foreign(),
                    authority.keyHere());
        }
    }

    record All(@Field("Roots first") List<Authority> items) {}

    @GetMapping("/v1/authorities")
    @Performs(value = Operation.LIST_AUTHORITIES, answers = All.class, tagged = true)
    ResponseEntity<Object> list() {
        String tag = tag();
        return ResponseEntity.ok()
                .eTag(tag)
                .body(new All(authorities.described().stream().map(Authority::of).toList()));
    }

    /// Read first: what is described then is not older. All are changed together, so all have one.
    private String tag() {
        authorities.refresh();
        return "\"" + authorities.generation() + "\"";
    }

    @GetMapping("/v1/authorities/{id:" + ID + "}")
    @Performs(value = Operation.SHOW_AUTHORITY, answers = Authority.class, tagged = true)
    ResponseEntity<Object> one(@PathVariable @Field(value = "Its id", pattern = ID) String id) {
        String tag = tag();
        return authorities.described().stream()
                .filter(authority -> authority.id().equals(id))
                .findFirst()
                .map(authority ->
                        ResponseEntity.ok().eTag(tag).<Object>body(Authority.of(authority)))
                .orElseThrow(() ->
                        RefusedException.of(
                                RefusalCode.NOT_FOUND, "No such authority is on record."));
    }

    record Profile(
            @Field("Permanent name") String name,
            @Field("Grows when the meaning of the name changes") int version,
            @Field("How far notBefore lies before the issuance") Duration backdate,
            @Field("That a rule may choose from") List<String> keyUsages,
            @Field("That a rule may choose from") List<String> extendedKeyUsages,
            @Field("short-lived, published, by-lifetime") String revocation,
            @Field("Where the identity is: written, recorded") String spiffeId,
            @Field(
                            value =
                                    "How many CA certificates may follow; absent: its certificates"
                                            + " are no CA's",
                            least = 0,
                            most = 3)
                    @Nullable Integer pathLength,
            @Field("DNS domains below which a CA may issue")
                    @Nullable List<String> permittedDnsDomains,
            @Field("Whether a CA may issue to every name there is")
                    @Nullable Boolean unconstrained) {

        static Profile of(CertificateProfile profile) {
            var authority = profile.authority();
            return new Profile(
                    profile.name(),
                    profile.version(),
                    profile.backdate(),
                    profile.keyUsages().stream().map(Profile::text).sorted().toList(),
                    profile.extendedKeyUsages().stream().map(Profile::text).toList(),
                    profile.revocation().text(),
                    profile.identity().text(),
                    authority == null ? null : authority.pathLength(),
                    authority == null ? null : authority.permittedDnsDomains(),
                    authority == null ? null : authority.unconstrained());
        }

        private static String text(Enum<?> usage) {
            return usage.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    record Profiles(
            @Field("Built into the server, or of the policy in force") List<Profile> items) {}

    @GetMapping("/v1/profiles")
    @Performs(Operation.LIST_PROFILES)
    Profiles profiles() {
        return new Profiles(policies.current().profiles().stream().map(Profile::of).toList());
    }

    @GetMapping("/v1/profiles/{name:" + NAME + "}")
    @Performs(Operation.SHOW_PROFILE)
    Profile profile(@PathVariable @Field(value = "Its name", pattern = NAME) String name) {
        return policies.current().profiles().stream()
                .filter(profile -> profile.name().equals(name))
                .findFirst()
                .map(Profile::of)
                .orElseThrow(() ->
                        RefusedException.of(RefusalCode.NOT_FOUND, "There is no such profile."));
    }
}
