package dev.signet.ca.admin;

import dev.signet.ca.admin.Attempted.Act;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.audit.PrintableText;
import dev.signet.ca.federation.Relationship;
import dev.signet.ca.federation.Relationships;
import dev.signet.ca.federation.Relationships.Change;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Acts on relationships with other trust domains.
final class RecordedFederationActs implements FederationActs {

    private static final int LONGEST_TARGET = 255;

    private final JdbcAuditedActs acts;
    private final Relationships relationships;

    RecordedFederationActs(JdbcAuditedActs acts, Relationships relationships) {
        this.acts = acts;
        this.relationships = relationships;
    }

    @Override
    public ActOutcome<Relationship> addFederation(
            Actor actor, Relationships.Wanted wanted, String reason) {
        Act act =
                new Act(
                        "federation.add",
                        actor,
                        PrintableText.of(wanted.trustDomain(), LONGEST_TARGET),
                        reason);
        return perform(act, () -> attempted(act, relationships.add(wanted, actor, reason), true));
    }

    @Override
    public ActOutcome<Relationship> removeFederation(
            Actor actor, TrustDomain trustDomain, String reason) {
        Act act = new Act("federation.remove", actor, trustDomain.name(), reason);
        return perform(
                act, () -> attempted(act, relationships.remove(trustDomain, actor, reason), false));
    }

    private static Attempted<Relationship> attempted(Act act, Change change, boolean added) {
        return switch (change) {
            case Change.Refused(Refusal refusal) -> act.refused(refusal);
            case Change.Done(Relationship relationship) ->
                    added
                            ? act.done(relationship, null, described(relationship))
                            : act.done(relationship, described(relationship), null);
        };
    }

    private static Map<String, @Nullable Object> described(Relationship relationship) {
        Map<String, @Nullable Object> described = new LinkedHashMap<>();
        described.put("profile", relationship.profile().text());
        described.put("url", relationship.url().toString());
        if (relationship.endpointId() != null) {
            described.put("endpointSpiffeId", relationship.endpointId().toString());
        }
        described.put("webRoots", relationship.webRoots() != null);
        return described;
    }

    private ActOutcome<Relationship> perform(Act act, Supplier<Attempted<Relationship>> attempt) {
        Optional<Refusal> objection = Objections.toReason(act.reason());
        return acts.perform(objection.isPresent() ? () -> act.refused(objection.get()) : attempt);
    }
}
