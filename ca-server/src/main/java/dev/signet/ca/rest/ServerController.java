package dev.signet.ca.rest;

import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.LedgerSettings;
import dev.signet.ca.policy.Policies;
import dev.signet.ca.privilege.Role;
import dev.signet.ca.suspension.Suspensions;
import dev.signet.ca.trust.TrustBundle;
import dev.signet.ca.trust.TrustBundles;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

/// Who calls, and what answers.
@RestController
final class ServerController {

    private final TrustDomain trustDomain;
    private final LedgerSettings ledger;
    private final Policies policies;
    private final TrustBundles bundles;
    private final Suspensions suspensions;
    private final Instant startedAt;

    ServerController(
            TrustDomain trustDomain,
            LedgerSettings ledger,
            Policies policies,
            TrustBundles bundles,
            Suspensions suspensions,
            InstantSource clock) {
        this.trustDomain = trustDomain;
        this.ledger = ledger;
        this.policies = policies;
        this.bundles = bundles;
        this.suspensions = suspensions;
        this.startedAt = clock.instant();
    }

    record Me(
            @Field("How the caller proved itself: oidc, certificate, credential") String kind,
            @Field("Whom that names, unique within the kind") String subject,
            @Field("Where the call comes from") @Nullable String address,
            @Field("Roles that the caller has here") List<Role> roles,
            @Field("Ids of the operations that these roles permit") List<String> permissions) {}

    @GetMapping("/v1/me")
    @Performs(Operation.SHOW_ME)
    Me me(AdminCaller caller) {
        return new Me(
                caller.actor().kind(),
                caller.actor().subject(),
                caller.actor().address(),
                caller.roles().stream().sorted().toList(),
                Arrays.stream(Operation.values())
                        .filter(operation -> operation.permits(caller.roles()))
                        .map(Operation::id)
                        .sorted()
                        .toList());
    }

    record Server(
            @Field("Of the software") String version,
            @Field("Name of the trust domain") String trustDomain,
            @Field("Name of the replica that answers") String replica,
            @Field("When its admin API started") Instant startedAt,
            @Field("Policy version in force at this replica") String activePolicy,
            @Field("Whether issuance is suspended, as this replica knows") boolean suspended) {}

    @GetMapping("/v1/server")
    @Performs(Operation.SHOW_SERVER)
    Server server() {
        String version = ServerController.class.getPackage().getImplementationVersion();
        return new Server(
                version == null ? "(not packaged)" : version,
                trustDomain.toString(),
                ledger.replica(),
                startedAt,
                policies.current().version(),
                suspensions.current().suspended());
    }

    record Bundle(
            @Field("Name of the trust domain") String trustDomain,
            @Field("Grows with each change") long version,
            @Field("How often to ask for a newer one") Duration refreshHint,
            @Field("Certificates to trust, PEM") String pem) {}

    @GetMapping("/v1/trust-bundle")
    @Performs(Operation.SHOW_TRUST_BUNDLE)
    Bundle trustBundle() {
        TrustBundle bundle = bundles.current();
        return new Bundle(
                bundle.trustDomain().toString(),
                bundle.version(),
                bundle.refreshHint(),
                bundle.pem());
    }
}
