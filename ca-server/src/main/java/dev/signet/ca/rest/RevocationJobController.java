package dev.signet.ca.rest;

import dev.signet.ca.admin.RevocationActs;
import dev.signet.ca.ledger.CertificateSelection;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.revocation.BulkRevocations;
import dev.signet.ca.revocation.CertificateSelector;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/// Revoking many: a preview, then a job that names it.
@RestController
final class RevocationJobController {

    private static final int DEFAULT_LIMIT = 100;
    private static final int DEFAULT_RATE = 1_000;

    private final BulkRevocations bulk;
    private final RevocationActs acts;
    private final Writes writes;

    RevocationJobController(BulkRevocations bulk, RevocationActs acts, Writes writes) {
        this.bulk = bulk;
        this.acts = acts;
        this.writes = writes;
    }

    /// As [BulkRevocations.State], in lower case.
    enum State {
        WAITING,
        RUNNING,
        DONE,
        CANCELLED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    record Selector(
            @Field(value = "Its identity, exactly", most = 2048) @Nullable String spiffeId,
            @Field(
                            value =
                                    "Beginning of its identity, with a slash at the end: all below,"
                                            + " by whole segments",
                            most = 2048)
                    @Nullable String spiffeIdPrefix,
            @Field("How the caller proved itself")
                    CertificateController.@Nullable Evidence evidenceKind,
            @Field(value = "Whom the evidence names, exactly", least = 1, most = 2048)
                    @Nullable String evidenceSubject,
            @Field(value = "SHA-256 of its public key, hexadecimal", pattern = "[0-9a-f]{64}")
                    @Nullable String keySha256,
            @Field("Issued at or after") @Nullable Instant issuedFrom,
            @Field("Issued before") @Nullable Instant issuedBefore,
            @Field(value = "Policy version that allowed it", least = 1, most = 256)
                    @Nullable String policyVersion,
            @Field(value = "Rule that allowed it, exactly", least = 1, most = 1024)
                    @Nullable String policyRule,
            @Field(
                            value = "Id of the authority that issued it",
                            pattern = RevocationController.SHA256)
                    @Nullable String authorityId) {

        static Selector of(CertificateSelector selector) {
            String kind = selector.evidenceKind();
            return new Selector(
                    selector.spiffeId(),
                    selector.spiffeIdPrefix(),
                    kind == null
                            ? null
                            : CertificateController.Evidence.valueOf(
                                    kind.toUpperCase(Locale.ROOT).replace('-', '_')),
                    selector.evidenceSubject(),
                    selector.keySha256(),
                    selector.issuedFrom(),
                    selector.issuedBefore(),
                    selector.policyVersion(),
                    selector.policyRule(),
                    selector.authorityId());
        }

        /// @throws RefusedException INVALID_ARGUMENT
        CertificateSelector selector() {
            try {
                return new CertificateSelector(
                        spiffeId,
                        spiffeIdPrefix,
                        evidenceKind == null ? null : evidenceKind.toString(),
                        evidenceSubject,
                        keySha256,
                        issuedFrom,
                        issuedBefore,
                        policyVersion,
                        policyRule,
                        authorityId);
            } catch (IllegalArgumentException e) {
                throw RefusedException.field("selector", e.getMessage() + ".");
            }
        }
    }

    record Selection(@Field("Which certificates") Selector selector) {}

    record Sample(
            @Field("Hexadecimal, 40 digits") String serialNumber,
            @Field("Identity") String spiffeId,
            @Field("When it was put on record") Instant issuedAt,
            @Field("Last second of its life") Instant notAfter,
            @Field("Id of the authority that issued it") String authorityId) {

        static Sample of(CertificateSelection.Selected selected) {
            return new Sample(
                    selected.serialNumber().hex(),
                    selected.spiffeId(),
                    selected.issuedAt(),
                    selected.notAfter(),
                    selected.authorityId());
        }
    }

    record Preview(
            @Field("How many are neither expired nor revoked") long count,
            @Field("False: there are more") boolean exact,
            @Field("The oldest ones") List<Sample> sample,
            @Field("Those put on record before this moment") Instant asOf,
            @Field("For If-Match of the bulk revocation, within an hour") String token) {}

    @PostMapping("/v1/revocation-jobs/preview")
    @Performs(Operation.PREVIEW_REVOCATION)
    Preview preview(@RequestBody Selection body) {
        BulkRevocations.Preview preview = bulk.preview(body.selector().selector());
        return new Preview(
                preview.count(),
                preview.exact(),
                preview.sample().stream().map(Sample::of).toList(),
                preview.asOf(),
                preview.token());
    }

    record NewJob(
            @Field("Which certificates, as in the preview") Selector selector,
            @Field("Why, as RFC 5280 says it") RevocationController.Reason reason,
            @Field(value = "Why, for people and the audit trail", least = 1, most = 1024)
                    String comment,
            @Field(
                            value = "Most revocations a second",
                            least = 1,
                            most = BulkRevocations.MAX_RATE,
                            byDefault = "1000")
                    @Nullable Integer rate,
            @Field(
                            value =
                                    "Whether the identities get no further certificate, until released",
                            byDefault = "false")
                    @Nullable Boolean block) {}

    record Job(
            @Field("Names it") UUID id,
            @Field("Which certificates") Selector selector,
            @Field("Those put on record before this moment") Instant issuedBefore,
            @Field("How many the preview counted") long expected,
            @Field("False: the preview did not count them all") boolean exact,
            @Field("Why, as RFC 5280 says it") RevocationController.Reason reason,
            @Field("Why, for people") String comment,
            @Field("Most revocations a second") int rate,
            @Field("Who made it") ApprovalController.Person by,
            @Field("When") Instant createdAt,
            @Field("Where it stands") State state,
            @Field("How many it has revoked") long revoked,
            @Field("When it last made a step; absent: not yet") @Nullable Instant lastStepAt) {

        static Job of(BulkRevocations.Job job) {
            return new Job(
                    job.id(),
                    Selector.of(job.selector()),
                    job.issuedBefore(),
                    job.expected(),
                    job.exact(),
                    RevocationController.Reason.of(job.reason()),
                    job.comment(),
                    job.rate(),
                    ApprovalController.Person.of(job.by()),
                    job.createdAt(),
                    State.valueOf(job.state().name()),
                    job.revoked(),
                    job.lastStepAt());
        }
    }

    @PostMapping("/v1/revocation-jobs")
    @Performs(
            value = Operation.REVOKE_CERTIFICATES,
            status = 201,
            answers = Job.class,
            tagged = true,
            approvable = true)
    ResponseEntity<Object> create(@RequestBody NewJob body, Call call) {
        CertificateSelector selector = body.selector().selector();
        String token = call.basis();
        Integer rate = body.rate();
        return writes.once(
                Operation.REVOKE_CERTIFICATES,
                call,
                body,
                () ->
                        acts.revokeMany(
                                call.actor(),
                                selector,
                                token,
                                body.reason().reason(),
                                body.comment(),
                                rate == null ? DEFAULT_RATE : rate,
                                Boolean.TRUE.equals(body.block())),
                job ->
                        new Writes.Done<>(
                                201, Job.of(job), "/v1/revocation-jobs/" + job.id(), token));
    }

    record Query(
            @Field(value = "Most entries of the page", least = 1, most = 1000, byDefault = "100")
                    @Nullable Integer limit,
            @Field(value = "nextPageToken of the page before", most = 512)
                    @Nullable String pageToken) {}

    record Page(
            @Field("The youngest first") List<Job> items,
            @Field("For the next page; absent: there is none") @Nullable String nextPageToken) {}

    @GetMapping("/v1/revocation-jobs")
    @Performs(Operation.LIST_REVOCATION_JOBS)
    Page list(Query query) {
        Integer limit = query.limit();
        try {
            BulkRevocations.Page page =
                    bulk.list(limit == null ? DEFAULT_LIMIT : limit, query.pageToken());
            return new Page(page.jobs().stream().map(Job::of).toList(), page.nextPageToken());
        } catch (IllegalArgumentException _) {
            throw RefusedException.badPageToken();
        }
    }

    @GetMapping("/v1/revocation-jobs/{id:" + ApprovalController.UUID_FORM + "}")
    @Performs(Operation.SHOW_REVOCATION_JOB)
    Job one(
            @PathVariable @Field(value = "Names it", pattern = ApprovalController.UUID_FORM)
                    String id) {
        return bulk.find(UUID.fromString(id))
                .map(Job::of)
                .orElseThrow(() ->
                        RefusedException.of(
                                RefusalCode.NOT_FOUND, "No such bulk revocation is on record."));
    }

    @PostMapping("/v1/revocation-jobs/{id:" + ApprovalController.UUID_FORM + "}/cancellation")
    @Performs(value = Operation.CANCEL_REVOCATION_JOB, answers = Job.class)
    ResponseEntity<Object> cancel(
            @PathVariable @Field(value = "Names it", pattern = ApprovalController.UUID_FORM)
                    String id,
            @RequestBody ApprovalController.Reason body,
            Call call) {
        return writes.once(
                Operation.CANCEL_REVOCATION_JOB,
                call,
                body,
                () -> acts.cancel(call.actor(), UUID.fromString(id), body.reason()),
                job -> Writes.Done.ok(Job.of(job)));
    }
}
