package dev.signet.ca.rest;

import dev.signet.ca.admin.ActOutcome;
import dev.signet.ca.admin.Approval;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.rest.CompletedWrites.Completed;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;

import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.Function;
import java.util.function.Supplier;

/// Does a write once for each idempotency key of an actor: the act, its audit event and what was
/// answered are one commit, so that a repeat finds either all or nothing. What was refused was not
/// done and may be tried again with the same key. Thread-safe.
final class Writes {

    private final CompletedWrites completed;
    private final TransactionOperations transactions;
    private final JsonMapper mapper;

    Writes(CompletedWrites completed, TransactionOperations transactions, JsonMapper mapper) {
        this.completed = completed;
        this.transactions = transactions;
        this.mapper = mapper;
    }

    /// What a done act is answered with.
    ///
    /// @param location path of what was made; null: nothing
    /// @param entityTag without quotes; null: none
    record Done<T>(int status, T body, @Nullable String location, @Nullable String entityTag) {
        static <T> Done<T> ok(T body) {
            return new Done<>(200, body, null, null);
        }

        static <T> Done<T> created(T body, @Nullable String location) {
            return new Done<>(201, body, location, null);
        }

        static <T> Done<T> tagged(T body, String entityTag) {
            return new Done<>(200, body, null, entityTag);
        }
    }

    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Refusal refusal;

        Refused(Refusal refusal) {
            super(refusal.code().name(), null, false, false);
            this.refusal = refusal;
        }
    }

    /// @param body all of the request's body, or what tells it from every other one: a digest of it
    ///   is kept
    /// @param act what is done
    /// @param answer to what was done
    /// @return what was answered, now or when it was done
    /// @throws RefusedException when the act was refused, or the key is not usable
    <T, R> ResponseEntity<Object> once(
            Operation operation,
            Call call,
            Record body,
            Supplier<ActOutcome<T>> act,
            Function<T, Done<R>> answer) {
        return once(operation, call, body, act, answer, true);
    }

    /// For answers that hold a secret: a repeat is refused with CONFLICT, as the secret is shown
    /// once and kept nowhere.
    <T, R> ResponseEntity<Object> onceWithSecret(
            Operation operation,
            Call call,
            Record body,
            Supplier<ActOutcome<T>> act,
            Function<T, Done<R>> answer) {
        return once(operation, call, body, act, answer, false);
    }

    @SuppressWarnings("unchecked")
    private <T, R> ResponseEntity<Object> once(
            Operation operation,
            Call call,
            Record body,
            Supplier<ActOutcome<T>> act,
            Function<T, Done<R>> answer,
            boolean keepBody) {
        // A key is an actor's for one request, whatever the operation.
        byte[] key = sha256(call.actor().kind(), call.actor().subject(), call.key());
        String request =
                HexFormat.of()
                        .formatHex(
                                sha256(
                                        operation.name(),
                                        call.path(),
                                        call.ifMatch() == null ? "" : call.ifMatch(),
                                        mapper.writeValueAsString(body)));
        @Nullable Refusal[] refused = new Refusal[1];
        try {
            Object response =
                    transactions.execute(_ -> {
                        if (!completed.take(key)) {
                            throw new Refused(underWay());
                        }
                        var before = completed.find(key);
                        if (before.isPresent()) {
                            return repeated(before.get(), request);
                        }
                        ActOutcome<T> outcome = act.get();
                        if (outcome instanceof ActOutcome.Refused<T>(Refusal refusal)) {
                            refused[0] = refusal;
                        }
                        return act(key, request, outcome, answer, keepBody);
                    });
            return switch (response) {
                case ResponseEntity<?> done -> (ResponseEntity<Object>) done;
                // Its transaction has committed: the trail may have recorded it there.
                case Refusal refusal -> throw new RefusedException(refusal);
                case null, default -> throw new IllegalStateException("a write without an answer");
            };
        } catch (Refused e) {
            throw new RefusedException(e.refusal);
        } catch (TransactionException e) {
            Refusal refusal = refused[0];
            if (refusal != null) {
                // A race that the act lost may leave a transaction that cannot be committed.
                throw new RefusedException(refusal);
            }
            throw new dev.signet.ca.ledger.LedgerUnavailableException(
                    "the write's transaction failed", e);
        }
    }

    private <T, R> Object act(
            byte[] key,
            String request,
            ActOutcome<T> outcome,
            Function<T, Done<R>> answer,
            boolean keepBody) {
        return switch (outcome) {
            case ActOutcome.Refused<T>(Refusal refusal) -> refusal;
            case ActOutcome.Pending<T>(Approval approval) ->
                    done(
                            key,
                            request,
                            new Done<>(
                                    202,
                                    ApprovalController.View.of(approval),
                                    "/v1/approvals/" + approval.id(),
                                    null),
                            true);
            case ActOutcome.Done<T>(T value) -> done(key, request, answer.apply(value), keepBody);
        };
    }

    private ResponseEntity<Object> done(
            byte[] key, String request, Done<?> done, boolean keepBody) {
        String json = mapper.writeValueAsString(done.body());
        completed.add(
                key,
                new Completed(
                        request,
                        done.status(),
                        done.location(),
                        done.entityTag(),
                        keepBody ? json : null));
        return response(done.status(), done.location(), done.entityTag(), done.body());
    }

    private ResponseEntity<Object> repeated(Completed before, String request) {
        if (!before.request().equals(request)) {
            throw new Refused(
                    Refusal.of(
                            RefusalCode.IDEMPOTENCY_KEY_REUSED,
                            "This Idempotency-Key was used for another request. Take a new one for"
                                    + " a new act."));
        }
        String body = before.body();
        if (body == null) {
            throw new Refused(
                    Refusal.of(
                            RefusalCode.CONFLICT,
                            "This was done before, and its answer held secrets, which are shown"
                                    + " once. Revoke what was made and make anew."));
        }
        return response(
                before.status(), before.location(), before.entityTag(), mapper.readTree(body));
    }

    private static ResponseEntity<Object> response(
            int status, @Nullable String location, @Nullable String entityTag, Object body) {
        ResponseEntity.BodyBuilder response = ResponseEntity.status(HttpStatusCode.valueOf(status));
        if (location != null) {
            response.header("Location", location);
        }
        if (entityTag != null) {
            response.eTag("\"" + entityTag + "\"");
        }
        return response.body(body);
    }

    private static Refusal underWay() {
        return Refusal.of(
                        RefusalCode.CONFLICT,
                        "A request with this Idempotency-Key is under way. Retry after the given"
                                + " time.")
                .retryAfter(Duration.ofSeconds(1));
    }

    /// Each part with its length, so that no two lists of parts have the same octets.
    private static byte[] sha256(String... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                byte[] octets = part.getBytes(StandardCharsets.UTF_8);
                digest.update((octets.length + ":").getBytes(StandardCharsets.US_ASCII));
                digest.update(octets);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
