package dev.signet.ca.rest;

import dev.signet.ca.admin.FederationActs;
import dev.signet.ca.federation.EndpointProfile;
import dev.signet.ca.federation.FederatedBundles;
import dev.signet.ca.federation.Relationship;
import dev.signet.ca.federation.Relationships;
import dev.signet.ca.federation.Relationships.Known;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.trust.TrustBundle;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Other trust domains that this one federates with.
@RestController
final class FederationController {

    private static final String NAME = "[a-z0-9._-]{1,255}";

    private final Relationships relationships;
    private final FederatedBundles bundles;
    private final FederationActs acts;
    private final Writes writes;

    FederationController(
            Relationships relationships,
            FederatedBundles bundles,
            FederationActs acts,
            Writes writes) {
        this.relationships = relationships;
        this.bundles = bundles;
        this.acts = acts;
        this.writes = writes;
    }

    record NewFederation(
            @Field(value = "The other trust domain", least = 1, most = 255) String trustDomain,
            @Field("How its bundle endpoint is authenticated") EndpointProfile profile,
            @Field(value = "https URL of its bundle endpoint", least = 1, most = 2048) String url,
            @Field(
                            value = "HTTPS_SPIFFE: whom the endpoint must prove to be",
                            most = 2048,
                            byDefault = "none, with HTTPS_WEB")
                    @Nullable String endpointSpiffeId,
            @Field(
                            value =
                                    "HTTPS_SPIFFE: its bundle now (SPIFFE JSON), had by a trusted way",
                            most = 262_144,
                            byDefault = "none, with HTTPS_WEB")
                    @Nullable String initialBundle,
            @Field(
                            value = "HTTPS_WEB: PEM of the only CAs to verify the endpoint with",
                            most = 262_144,
                            byDefault = "those that the server's Java trusts")
                    @Nullable String webRoots,
            @Field(value = "Why, for the audit trail", least = 1, most = 1024) String reason) {}

    record Pull(
            @Field("accepted, unchanged, refused, unreachable") String outcome,
            @Field("Why") String detail,
            @Field("Server that pulled") String replica,
            @Field("When") Instant at) {}

    record View(
            @Field("The other trust domain") String trustDomain,
            @Field("How its bundle endpoint is authenticated") EndpointProfile profile,
            @Field("URL of its bundle endpoint") String url,
            @Field("Whom the endpoint must prove to be; absent with HTTPS_WEB")
                    @Nullable String endpointSpiffeId,
            @Field("Whether only CAs that were named verify the endpoint") boolean ownWebRoots,
            @Field("Since when") Instant since,
            @Field("Who made it") String by,
            @Field("Why") String reason,
            @Field("When the bundle in use was accepted; absent: none was yet")
                    @Nullable Instant acceptedAt,
            @Field("Its spiffe_sequence; absent: it has none") @Nullable String spiffeSequence,
            @Field("How many CA certificates it has") @Nullable Integer authorities,
            @Field("How the last pull ended; absent: none did yet") @Nullable Pull lastPull,
            @Field("The bundle in use, SPIFFE JSON; absent in lists") @Nullable String bundle) {

        static View of(Known known, @Nullable String bundle) {
            Relationship relationship = known.relationship();
            var accepted = known.bundle();
            var pull = known.lastPull();
            var endpoint = relationship.endpointId();
            Long sequence = accepted == null ? null : accepted.spiffeSequence();
            return new View(
                    relationship.trustDomain().name(),
                    relationship.profile(),
                    relationship.url().toString(),
                    endpoint == null ? null : endpoint.toString(),
                    relationship.webRoots() != null,
                    relationship.since(),
                    relationship.by(),
                    relationship.reason(),
                    accepted == null ? null : accepted.at(),
                    sequence == null ? null : Long.toString(sequence),
                    accepted == null ? null : accepted.certificates(),
                    pull == null
                            ? null
                            : new Pull(pull.outcome(), pull.detail(), pull.replica(), pull.at()),
                    bundle);
        }
    }

    record All(@Field("By trust domain") List<View> items) {}

    @GetMapping("/v1/federation")
    @Performs(Operation.LIST_FEDERATIONS)
    All list() {
        return new All(relationships.all().stream().map(known -> View.of(known, null)).toList());
    }

    @GetMapping("/v1/federation/{trustDomain:" + NAME + "}")
    @Performs(Operation.SHOW_FEDERATION)
    View one(@PathVariable @Field(value = "Its name", pattern = NAME) String trustDomain) {
        return find(trustDomain)
                .orElseThrow(() ->
                        RefusedException.of(
                                RefusalCode.NOT_FOUND,
                                "There is no relationship with this trust domain."));
    }

    private Optional<View> find(String trustDomain) {
        String bundle =
                bundles.current().stream()
                        .filter(known -> known.trustDomain().name().equals(trustDomain))
                        .findFirst()
                        .map(TrustBundle::spiffeJson)
                        .orElse(null);
        return relationships.all().stream()
                .filter(known -> known.relationship().trustDomain().name().equals(trustDomain))
                .findFirst()
                .map(known -> View.of(known, bundle));
    }

    @PostMapping("/v1/federation")
    @Performs(value = Operation.ADD_FEDERATION, status = 201, answers = View.class)
    ResponseEntity<Object> add(@RequestBody NewFederation body, Call call) {
        return writes.once(
                Operation.ADD_FEDERATION,
                call,
                body,
                () ->
                        acts.addFederation(
                                call.actor(),
                                new Relationships.Wanted(
                                        body.trustDomain(),
                                        body.profile(),
                                        body.url(),
                                        body.endpointSpiffeId(),
                                        body.initialBundle(),
                                        body.webRoots()),
                                body.reason()),
                made ->
                        Writes.Done.created(
                                View.of(new Known(made, null, null), null),
                                "/v1/federation/" + made.trustDomain()));
    }

    @PostMapping("/v1/federation/{trustDomain:" + NAME + "}/removal")
    @Performs(value = Operation.REMOVE_FEDERATION, answers = View.class)
    ResponseEntity<Object> remove(
            @PathVariable @Field(value = "Its name", pattern = NAME) String trustDomain,
            @RequestBody ApprovalController.Reason body,
            Call call) {
        return writes.once(
                Operation.REMOVE_FEDERATION,
                call,
                body,
                () ->
                        acts.removeFederation(
                                call.actor(), new TrustDomain(trustDomain), body.reason()),
                ended -> Writes.Done.ok(View.of(new Known(ended, null, null), null)));
    }
}
