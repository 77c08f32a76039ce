package dev.signet.ca.rest;

import dev.signet.ca.policy.PolicySnapshot;
import dev.signet.ca.policy.PolicyWorkers;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.replay.Replays;

import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What a policy would have said to what was issued.
@RestController
final class ReplayController {

    private static final String WHICH = "0|[1-9][0-9]{0,17}|candidate";
    private static final int DEFAULT_DIFFERENCES = 1000;

    private final Replays replays;
    private final PolicyController policies;
    private final PolicyWorkers workers;
    private final Streams streams;

    ReplayController(
            Replays replays,
            PolicyController policies,
            @Qualifier("replayWorkers") PolicyWorkers workers,
            Streams streams) {
        this.replays = replays;
        this.policies = policies;
        this.workers = workers;
        this.streams = streams;
    }

    record Period(
            @Field(value = "YAML; for candidate", most = 262_144) @Nullable String document,
            @Field("Issued at or after; absent: from the first record on")
                    @Nullable Instant issuedFrom,
            @Field("Issued before; absent: to now") @Nullable Instant issuedBefore,
            @Field(
                            value = "How many differences are told one by one",
                            most = 100_000,
                            byDefault = "1000")
                    @Nullable Integer maxDifferences) {}

    /// One line; which members there are depends on its type.
    record Line(
            @Field("progress, difference, summary") String type,
            @Field("progress, summary: records so far") @Nullable Long replayed,
            @Field("progress: records in all, estimated") @Nullable Long estimated,
            @Field("progress: when the last of them was issued") @Nullable Instant reached,
            @Field("difference: what differs") @Nullable List<String> changes,
            @Field("difference: the same in one text") @Nullable String change,
            @Field("difference: of the certificate") @Nullable String serialNumber,
            @Field("difference: when it was issued") @Nullable Instant issuedAt,
            @Field("difference: as recorded") @Nullable String spiffeId,
            @Field("difference: how the caller proved itself") @Nullable String evidenceKind,
            @Field("difference: whom the evidence names") @Nullable String evidenceSubject,
            @Field("difference: that granted it") @Nullable String policyVersion,
            @Field("difference: that granted it") @Nullable String rule,
            @Field("difference: what the policy in force says") @Nullable Verdict before,
            @Field("difference: what this one says") @Nullable Verdict after,
            @Field("summary: decided the same by both") @Nullable Long unchanged,
            @Field("summary: of these, denied by both") @Nullable Long deniedByBoth,
            @Field("summary: how many differ, by what differs")
                    @Nullable Map<String, Long> differences,
            @Field("summary: records that the policy in force does not give any more")
                    @Nullable Long notReproduced,
            @Field("summary: records that could not be read") @Nullable Long unreadable,
            @Field("summary: differences that were told") @Nullable Long differencesTold) {

        static Line of(Replays.Progress progress) {
            return new Line(
                    "progress",
                    progress.replayed(),
                    progress.estimatedTotal(),
                    progress.reached(),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null);
        }

        static Line of(Replays.Difference difference) {
            List<String> changes =
                    difference.changes().stream()
                            .sorted()
                            .map(change -> change.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                            .toList();
            return new Line(
                    "difference",
                    null,
                    null,
                    null,
                    changes,
                    changes.stream().collect(Collectors.joining(",")),
                    difference.serialNumber().hex(),
                    difference.issuedAt(),
                    difference.spiffeId(),
                    difference.evidenceKind(),
                    difference.evidenceSubject(),
                    difference.policyVersion(),
                    difference.rule(),
                    Verdict.of(difference.inForce()),
                    Verdict.of(difference.candidate()),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null);
        }

        static Line of(Replays.Summary summary) {
            Map<String, Long> differences = new TreeMap<>();
            differences.put("newly-denied", summary.newlyDenied());
            differences.put("newly-allowed", summary.newlyAllowed());
            differences.put("identity", summary.identity());
            differences.put("lifetime", summary.lifetime());
            differences.put("profile", summary.profile());
            differences.put("subject", summary.subject());
            differences.put("key-usages", summary.keyUsages());
            differences.put("extended-key-usages", summary.extendedKeyUsages());
            differences.put("key-types", summary.keyTypes());
            differences.put("rate-limit", summary.rateLimit());
            return new Line(
                    "summary",
                    summary.replayed(),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    summary.unchanged(),
                    summary.deniedByBoth(),
                    differences,
                    summary.notReproduced(),
                    summary.unreadable(),
                    summary.differencesTold());
        }
    }

    record Verdict(
            @Field("Whether it grants a certificate") boolean granted,
            @Field("Granted identity") @Nullable String spiffeId,
            @Field("Granted lifetime") @Nullable Duration lifetime,
            @Field("Granted profile") @Nullable String profile,
            @Field("Granted distinguished name") @Nullable String subject,
            @Field("Rule that grants") @Nullable String rule,
            @Field("Why not, permanent code") @Nullable RefusalCode code,
            @Field("Why not") @Nullable String message) {

        static Verdict of(Replays.Verdict verdict) {
            return switch (verdict) {
                case Replays.Verdict.Granted granted ->
                        new Verdict(
                                true,
                                granted.spiffeId(),
                                granted.lifetime(),
                                granted.profile(),
                                granted.subject(),
                                granted.rule(),
                                null,
                                null);
                case Replays.Verdict.Denied(RefusalCode code, String reason) ->
                        new Verdict(false, null, null, null, null, null, code, reason);
            };
        }
    }

    @PostMapping(path = "/v1/policies/{which:" + WHICH + "}/replay", produces = Streams.NDJSON)
    @Performs(value = Operation.REPLAY_POLICY, streams = Line.class)
    void replay(
            @PathVariable
                    @Field(
                            value = "A number, or candidate with the document in the body",
                            pattern = WHICH)
                    String which,
            @RequestBody Period body,
            HttpServletResponse response)
            throws IOException {
        PolicySnapshot candidate = policies.snapshot(which, body.document());
        Integer most = body.maxDifferences();
        try {
            streams.lines(
                    response,
                    "replay",
                    lines -> {
                        Telling telling = new Telling(lines);
                        Replays.Summary summary =
                                workers.run(() ->
                                        replays.replay(
                                                candidate,
                                                body.issuedFrom(),
                                                body.issuedBefore(),
                                                most == null ? DEFAULT_DIFFERENCES : most,
                                                telling));
                        lines.line(Line.of(summary));
                    });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /// A caller that has gone ends the replay.
    private record Telling(Streams.Lines lines) implements Replays.Listener {
        @Override
        public void progress(Replays.Progress progress) {
            tell(Line.of(progress));
        }

        @Override
        public void difference(Replays.Difference difference) {
            tell(Line.of(difference));
        }

        private void tell(Line line) {
            try {
                lines.line(line);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
