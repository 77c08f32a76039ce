package dev.signet.ca.rest;

import dev.signet.ca.admin.AdminActs;
import dev.signet.ca.suspension.SuspensionState;
import dev.signet.ca.suspension.Suspensions;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import java.time.Instant;

/// The switch that stops issuance.
@RestController
final class SuspensionController {

    private final Suspensions halts;
    private final AdminActs acts;
    private final Writes writes;

    SuspensionController(Suspensions halts, AdminActs acts, Writes writes) {
        this.halts = halts;
        this.acts = acts;
        this.writes = writes;
    }

    record View(
            @Field("Whether issuance is halted") boolean halted,
            @Field("Why the last change was made; absent: there was none") @Nullable String reason,
            @Field("Who made it") ApprovalController.@Nullable Person by,
            @Field("When that was") @Nullable Instant since) {

        static View of(SuspensionState state) {
            var by = state.by();
            return new View(
                    state.halted(),
                    state.reason().isEmpty() ? null : state.reason(),
                    by == null ? null : ApprovalController.Person.of(by),
                    state.since());
        }
    }

    @GetMapping("/v1/halt")
    @Performs(value = Operation.SHOW_HALT, answers = View.class, tagged = true)
    ResponseEntity<Object> show() {
        SuspensionState state = halts.read();
        return ResponseEntity.ok().eTag("\"" + state.number() + "\"").body(View.of(state));
    }

    @PutMapping("/v1/halt")
    @Performs(value = Operation.HALT_ISSUANCE, answers = View.class, tagged = true)
    ResponseEntity<Object> halt(@RequestBody ApprovalController.Reason body, Call call) {
        String basis = call.basis();
        return writes.once(
                Operation.HALT_ISSUANCE,
                call,
                body,
                () -> acts.halt(call.actor(), basis, body.reason()),
                tag -> Writes.Done.tagged(View.of(halts.read()), tag));
    }

    @PostMapping("/v1/halt/lift")
    @Performs(value = Operation.LIFT_HALT, answers = View.class, tagged = true)
    ResponseEntity<Object> lift(@RequestBody ApprovalController.Reason body, Call call) {
        String basis = call.basis();
        return writes.once(
                Operation.LIFT_HALT,
                call,
                body,
                () -> acts.lift(call.actor(), basis, body.reason()),
                tag -> Writes.Done.tagged(View.of(halts.read()), tag));
    }
}
