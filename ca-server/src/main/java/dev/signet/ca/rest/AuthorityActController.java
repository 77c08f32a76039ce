package dev.signet.ca.rest;

import dev.signet.ca.admin.ActOutcome;
import dev.signet.ca.admin.AuthorityActs;
import dev.signet.ca.admin.AuthorityActs.Changes;
import dev.signet.ca.authority.AuthorityLifeCycle.Changed;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.rotation.ActivationGate;
import dev.signet.ca.rotation.ActivationGate.Readiness;
import dev.signet.ca.rotation.RotationState;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/// The life of this CA's authorities.
@RestController
final class AuthorityActController {

    private static final String ID = "[0-9a-f]{64}";
    private static final int MAX_PENDING_CLIENTS = 20;

    private final AuthorityActs acts;
    private final ActivationGate gate;
    private final RotationState rotation;
    private final Writes writes;
    private final Streams streams;

    AuthorityActController(
            AuthorityActs acts,
            ActivationGate gate,
            RotationState rotation,
            Writes writes,
            Streams streams) {
        this.acts = acts;
        this.gate = gate;
        this.rotation = rotation;
        this.writes = writes;
        this.streams = streams;
    }

    record Prepare(
            @Field(
                            value = "Root to make it under, active or prepared",
                            pattern = ID,
                            byDefault = "the active root")
                    @Nullable String rootId,
            @Field(value = "Why, for the audit trail", least = 1, most = 1024) String reason) {}

    record PrepareRoot(
            @Field(
                            value =
                                    "Whether the active root signs the new root's key as well, for"
                                            + " verifiers that reload their bundle late",
                            byDefault = "true")
                    @Nullable Boolean crossSigned,
            @Field(value = "Why, for the audit trail", least = 1, most = 1024) String reason) {}

    record Overridable(
            @Field(
                            value = "Whether to do it although the server advises against it",
                            byDefault = "false")
                    @Nullable Boolean override,
            @Field(value = "Why, for the audit trail", least = 1, most = 1024) String reason) {}

    record Revoke(
            @Field(
                            value =
                                    "Reason of RFC 5280 5.3.1, such as cACompromise, superseded,"
                                            + " cessationOfOperation",
                            least = 1,
                            most = 32)
                    String cause,
            @Field(
                            value = "Whether to do it even if nothing is left that signs",
                            byDefault = "false")
                    @Nullable Boolean override,
            @Field(value = "Why, for the audit trail", least = 1, most = 1024) String reason) {}

    record Change(
            @Field("SHA-256 of its certificate, hexadecimal") String id,
            @Field("root, cross, intermediate, issuing") String role,
            @Field("State that it was in; absent: there was none") @Nullable String before,
            @Field("State that it is in") String after) {

        static Change of(Changed changed) {
            return new Change(changed.id(), changed.role(), changed.before(), changed.after());
        }
    }

    record Done(@Field("In the order in which it happened") List<Change> changed) {
        static Writes.Done<Done> of(Changes changes) {
            return Writes.Done.tagged(
                    new Done(changes.changed().stream().map(Change::of).toList()),
                    Long.toString(changes.generation()));
        }
    }

    record PendingClient(
            @Field("Identity with a holder of which nothing shows that it knows the root")
                    String spiffeId,
            @Field("Its holders: live certificates that no newer one takes the place of")
                    long certificates,
            @Field("How many of those have said anything") long heard,
            @Field("The oldest trust bundle version that it said; absent: it said nothing")
                    @Nullable Long version) {

        static PendingClient of(ActivationGate.PendingClient pendingClient) {
            return new PendingClient(
                    pendingClient.spiffeId(),
                    pendingClient.certificates(),
                    pendingClient.heard(),
                    pendingClient.version());
        }
    }

    record Ready(
            @Field("Whether it can be activated without an override") boolean ready,
            @Field("Its root") String rootId,
            @Field("Whether that is the root of what signs now, which all know") boolean knownRoot,
            @Field("Trust bundle version from which on the root is in it; 0: none yet")
                    long bundleVersion,
            @Field("How many identities with a live certificate count") long identities,
            @Field("How many of those have said that they know the root, with each holder")
                    long acknowledged,
            @Field(
                            "How many further ones were told with the newest certificate of each"
                                    + " holder that said nothing")
                    long renewed,
            @Field("Their share, 0 to 1") double share,
            @Field("The share that is needed, 0 to 1") double requiredShare,
            @Field("The first of those that have not, at most 20; all: /pending-clients")
                    List<PendingClient> pendingClients) {

        static Ready of(Readiness readiness) {
            return new Ready(
                    readiness.ready(),
                    readiness.rootId(),
                    readiness.knownRoot(),
                    readiness.version(),
                    readiness.identities(),
                    readiness.acknowledged(),
                    readiness.renewed(),
                    readiness.share(),
                    readiness.requiredShare(),
                    readiness.pendingClients().stream().map(PendingClient::of).toList());
        }
    }

    record Rotation(
            @Field("Whether authorities are rotated without an operator") boolean automatic,
            @Field("What is done or waited for; empty: nothing is due") String doing,
            @Field("What an operator should know now; absent: nothing") @Nullable String warning) {}

    @GetMapping("/v1/rotation")
    @Performs(Operation.SHOW_ROTATION)
    Rotation rotation() {
        return new Rotation(
                rotation.automatic(), rotation.doing(), rotation.warning().orElse(null));
    }

    @GetMapping("/v1/authorities/{id:" + ID + "}/readiness")
    @Performs(Operation.SHOW_AUTHORITY_READINESS)
    Ready readiness(@PathVariable @Field(value = "Its id", pattern = ID) String id) {
        return gate.readiness(id, MAX_PENDING_CLIENTS)
                .map(Ready::of)
                .orElseThrow(AuthorityActController::notFound);
    }

    @GetMapping(
            value = "/v1/authorities/{id:" + ID + "}/pending-clients",
            produces = {Streams.NDJSON, Streams.CSV})
    @Performs(value = Operation.EXPORT_PENDING_CLIENTS, streams = PendingClient.class)
    void pendingClients(
            @PathVariable @Field(value = "Its id", pattern = ID) String id,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        if (gate.readiness(id, 0).isEmpty()) {
            throw notFound();
        }
        streams.rows(
                request,
                response,
                PendingClient.class,
                "pendingClients",
                consumer ->
                        gate.forEachPendingClient(
                                id,
                                pendingClient -> consumer.accept(PendingClient.of(pendingClient))));
    }

    private static RefusedException notFound() {
        return RefusedException.of(RefusalCode.NOT_FOUND, "No such issuing CA is on record.");
    }

    @PostMapping("/v1/authorities/prepare")
    @Performs(value = Operation.PREPARE_AUTHORITY, answers = Done.class, tagged = true)
    ResponseEntity<Object> prepare(@RequestBody Prepare body, Call call) {
        String basis = call.basis();
        return once(
                Operation.PREPARE_AUTHORITY,
                call,
                body,
                () -> acts.prepareIssuing(call.actor(), body.rootId(), basis, body.reason()));
    }

    @PostMapping("/v1/authorities/prepare-root")
    @Performs(value = Operation.PREPARE_ROOT, answers = Done.class, tagged = true)
    ResponseEntity<Object> prepareRoot(@RequestBody PrepareRoot body, Call call) {
        String basis = call.basis();
        Boolean crossSigned = body.crossSigned();
        return once(
                Operation.PREPARE_ROOT,
                call,
                body,
                () ->
                        acts.prepareRoot(
                                call.actor(),
                                crossSigned == null || crossSigned,
                                basis,
                                body.reason()));
    }

    @PostMapping("/v1/authorities/rollback")
    @Performs(value = Operation.ROLL_BACK_AUTHORITY, answers = Done.class, tagged = true)
    ResponseEntity<Object> rollBack(@RequestBody ApprovalController.Reason body, Call call) {
        String basis = call.basis();
        return once(
                Operation.ROLL_BACK_AUTHORITY,
                call,
                body,
                () -> acts.rollBack(call.actor(), basis, body.reason()));
    }

    @PostMapping("/v1/authorities/{id:" + ID + "}/activate")
    @Performs(
            value = Operation.ACTIVATE_AUTHORITY,
            answers = Done.class,
            tagged = true,
            approvable = true)
    ResponseEntity<Object> activate(
            @PathVariable @Field(value = "Its id", pattern = ID) String id,
            @RequestBody Overridable body,
            Call call) {
        String basis = call.basis();
        return once(
                Operation.ACTIVATE_AUTHORITY,
                call,
                body,
                () ->
                        acts.activate(
                                call.actor(), id, isSet(body.override()), basis, body.reason()));
    }

    @PostMapping("/v1/authorities/{id:" + ID + "}/retire")
    @Performs(value = Operation.RETIRE_AUTHORITY, answers = Done.class, tagged = true)
    ResponseEntity<Object> retire(
            @PathVariable @Field(value = "Its id", pattern = ID) String id,
            @RequestBody Overridable body,
            Call call) {
        String basis = call.basis();
        return once(
                Operation.RETIRE_AUTHORITY,
                call,
                body,
                () -> acts.retire(call.actor(), id, isSet(body.override()), basis, body.reason()));
    }

    @PostMapping("/v1/authorities/{id:" + ID + "}/revoke")
    @Performs(
            value = Operation.REVOKE_AUTHORITY,
            answers = Done.class,
            tagged = true,
            approvable = true)
    ResponseEntity<Object> revoke(
            @PathVariable @Field(value = "Its id", pattern = ID) String id,
            @RequestBody Revoke body,
            Call call) {
        String basis = call.basis();
        return once(
                Operation.REVOKE_AUTHORITY,
                call,
                body,
                () ->
                        acts.revoke(
                                call.actor(),
                                id,
                                body.cause(),
                                isSet(body.override()),
                                basis,
                                body.reason()));
    }

    private static boolean isSet(@Nullable Boolean flag) {
        return flag != null && flag;
    }

    private ResponseEntity<Object> once(
            Operation operation, Call call, Record body, Supplier<ActOutcome<Changes>> act) {
        return writes.once(operation, call, body, act, Done::of);
    }
}
