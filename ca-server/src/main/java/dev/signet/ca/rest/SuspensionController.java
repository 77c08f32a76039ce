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

    private final Suspensions suspensions;
    private final AdminActs acts;
    private final Writes writes;

    SuspensionController(Suspensions suspensions, AdminActs acts, Writes writes) {
        this.suspensions = suspensions;
        this.acts = acts;
        this.writes = writes;
    }

    record View(
            @Field("Whether issuance is suspended") boolean suspended,
            @Field("Why the last change was made; absent: there was none") @Nullable String reason,
            @Field("Who made it") ApprovalController.@Nullable Person by,
            @Field("When that was") @Nullable Instant since) {

        static View of(SuspensionState state) {
            var by = state.by();
            return new View(
                    state.suspended(),
                    state.reason().isEmpty() ? null : state.reason(),
                    by == null ? null : ApprovalController.Person.of(by),
                    state.since());
        }
    }

    @GetMapping("/v1/suspension")
    @Performs(value = Operation.SHOW_SUSPENSION, answers = View.class, tagged = true)
    ResponseEntity<Object> show() {
        SuspensionState state = suspensions.read();
        return ResponseEntity.ok().eTag("\"" + state.number() + "\"").body(View.of(state));
    }

    @PutMapping("/v1/suspension")
    @Performs(value = Operation.SUSPEND_ISSUANCE, answers = View.class, tagged = true)
    ResponseEntity<Object> suspend(@RequestBody ApprovalController.Reason body, Call call) {
        String basis = call.basis();
        return writes.once(
                Operation.SUSPEND_ISSUANCE,
                call,
                body,
                () -> acts.suspend(call.actor(), basis, body.reason()),
                tag -> Writes.Done.tagged(View.of(suspensions.read()), tag));
    }

    @PostMapping("/v1/suspension/resume")
    @Performs(value = Operation.RESUME_ISSUANCE, answers = View.class, tagged = true)
    ResponseEntity<Object> resume(@RequestBody ApprovalController.Reason body, Call call) {
        String basis = call.basis();
        return writes.once(
                Operation.RESUME_ISSUANCE,
                call,
                body,
                () -> acts.resume(call.actor(), basis, body.reason()),
                tag -> Writes.Done.tagged(View.of(suspensions.read()), tag));
    }
}
