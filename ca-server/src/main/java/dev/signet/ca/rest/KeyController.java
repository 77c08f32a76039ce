package dev.signet.ca.rest;

import dev.signet.ca.admin.KeyActs;
import dev.signet.ca.authority.KeyWrappings;
import dev.signet.ca.authority.KeyWrappings.Holder;
import dev.signet.ca.authority.KeyWrappings.Kept;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import java.time.Instant;
import java.util.List;

/// How the CA's private keys are kept. Shows where keys are and which key-encryption key opens
/// them, by its check; never a key.
@RestController
final class KeyController {

    private final KeyWrappings wrappings;
    private final KeyActs acts;
    private final Writes writes;

    KeyController(KeyWrappings wrappings, KeyActs acts, Writes writes) {
        this.wrappings = wrappings;
        this.acts = acts;
        this.writes = writes;
    }

    record Key(
            @Field("Whose: SHA-256 of the authority's certificate") String authorityId,
            @Field("Of the authority") String role,
            @Field("Of the authority") String state,
            @Field("Where it is, RFC 7512; absent: it is wrapped in the database")
                    @Nullable String token,
            @Field("Which key-encryption key opens it; absent: it is in a token")
                    @Nullable String keyCheck,
            @Field("Whether the server that answers can use it now") boolean opensHere,
            @Field("When this was recorded") Instant since,
            @Field("When a server proved that it opens; absent: not yet")
                    @Nullable Instant provenAt) {

        static Key of(Kept kept) {
            return new Key(
                    kept.authorityId(),
                    kept.role(),
                    kept.state(),
                    kept.token(),
                    kept.keyCheck(),
                    kept.opensHere(),
                    kept.since(),
                    kept.provenAt());
        }
    }

    record Replica(
            @Field("Its name") String replica,
            @Field("Check of the key-encryption key that it wraps with") String currentCheck,
            @Field("Checks of those that it only opens with") List<String> furtherChecks,
            @Field("When it said so") Instant seenAt) {

        static Replica of(Holder holder) {
            return new Replica(
                    holder.replica(),
                    holder.currentCheck(),
                    holder.furtherChecks(),
                    holder.seenAt());
        }
    }

    record Keys(
            @Field("Check of the key-encryption key that the server that answers wraps with")
                    String currentCheck,
            @Field("Each way to each key") List<Key> items,
            @Field("Servers of the last hour") List<Replica> replicas) {}

    @GetMapping("/v1/keys")
    @Performs(value = Operation.LIST_KEYS)
    Keys list() {
        return new Keys(
                wrappings.currentCheck(),
                wrappings.kept().stream().map(Key::of).toList(),
                wrappings.holders().stream().map(Replica::of).toList());
    }

    record Rewrapped(
            @Field("Authorities whose key got a new wrapping") List<String> rewrapped,
            @Field("How many had it before") int unchanged) {}

    @PostMapping("/v1/keys/rewrap")
    @Performs(value = Operation.REWRAP_KEYS, answers = Rewrapped.class)
    ResponseEntity<Object> rewrap(@RequestBody ApprovalController.Reason body, Call call) {
        return writes.once(
                Operation.REWRAP_KEYS,
                call,
                body,
                () -> acts.rewrapKeys(call.actor(), body.reason()),
                done -> Writes.Done.ok(new Rewrapped(done.rewrapped(), done.unchanged())));
    }
}
