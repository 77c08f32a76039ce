package dev.signet.ca.rest;

import dev.signet.ca.admin.AdminActs;
import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.EncodedName;
import dev.signet.ca.certificate.OtherName;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.policy.Decision;
import dev.signet.ca.policy.Explanation;
import dev.signet.ca.policy.Policies;
import dev.signet.ca.policy.PolicyFinding;
import dev.signet.ca.policy.PolicyLanguage;
import dev.signet.ca.policy.PolicyRequest;
import dev.signet.ca.policy.PolicySnapshot;
import dev.signet.ca.policy.PolicyVersions;
import dev.signet.ca.policy.PolicyWorkers;
import dev.signet.ca.policy.RequestedAttributes;
import dev.signet.ca.policy.RequestedCertificate;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Who may have what: policy versions, which of them is in force, and why it decides as it does.
@RestController
final class PolicyController {

    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_ATTRIBUTE = 2_048;
    private static final String NUMBER = "0|[1-9][0-9]{0,17}";
    private static final String WHICH = "0|[1-9][0-9]{0,17}|active|candidate";

    private final PolicyVersions versions;
    private final Policies policies;
    private final PolicyWorkers workers;
    private final AdminActs acts;
    private final Writes writes;

    PolicyController(
            PolicyVersions versions,
            Policies policies,
            PolicyWorkers workers,
            AdminActs acts,
            Writes writes) {
        this.versions = versions;
        this.policies = policies;
        this.workers = workers;
        this.acts = acts;
        this.writes = writes;
    }

    record Query(
            @Field(value = "Most entries of the page", least = 1, most = 1000, byDefault = "100")
                    @Nullable Integer limit,
            @Field(value = "nextPageToken of the page before", pattern = NUMBER)
                    @Nullable String pageToken) {}

    record Version(
            @Field("0: the one built into the server") long number,
            @Field("YAML; absent in a list") @Nullable String document,
            @Field("SHA-256 of the document, hexadecimal") String sha256,
            @Field("Who wrote it") @Nullable Author author,
            @Field("Why, as the author says; may be empty") String reason,
            @Field("When") @Nullable Instant createdAt) {

        static Version of(PolicyVersions.Version version) {
            return new Version(
                    version.number(),
                    version.document(),
                    version.sha256(),
                    Author.of(version.author()),
                    version.reason(),
                    version.createdAt());
        }
    }

    record Author(
            @Field("How it proved itself") String kind, @Field("Whom that names") String subject) {
        static @Nullable Author of(PolicyVersions.@Nullable Author author) {
            return author == null ? null : new Author(author.kind(), author.subject());
        }
    }

    record Page(
            @Field("The youngest first; without the built-in one") List<Version> items,
            @Field("For the next page; absent: there is none") @Nullable String nextPageToken) {}

    record Active(
            @Field("The version in force") long number,
            @Field("Grows with each activation; 0: there was none") long activation,
            @Field("Who put it in force") @Nullable Author by,
            @Field("Why, as that one says; may be empty") String reason,
            @Field("When") @Nullable Instant activatedAt) {

        static Active of(PolicyVersions.Active active) {
            return new Active(
                    active.number(),
                    active.activation(),
                    Author.of(active.actor()),
                    active.reason(),
                    active.activatedAt());
        }
    }

    record NewVersion(
            @Field(value = "YAML, at most 256 KiB", least = 1, most = 262_144) String document,
            @Field(value = "Why, for the audit trail", least = 1, most = 1024) String reason) {}

    record Document(@Field(value = "YAML, at most 256 KiB", most = 262_144) String document) {}

    record Validation(
            @Field("Whether it could be stored") boolean accepted,
            @Field("In the order of the document, at most 100") List<Finding> findings) {}

    record Finding(
            @Field("error, warning") String severity,
            @Field(value = "Line", least = 0) int line,
            @Field(value = "Column, in characters", least = 0) int column,
            @Field("What is wrong, what was expected") String message) {

        static Finding of(PolicyFinding finding) {
            return new Finding(
                    finding.severity().name().toLowerCase(Locale.ROOT),
                    finding.line(),
                    finding.column(),
                    finding.message());
        }
    }

    record Activation(
            @Field(value = "The version to put in force; 0: the built-in one", least = 0)
                    Long number,
            @Field(value = "Why, for the audit trail", least = 1, most = 1024) String reason) {}

    @GetMapping("/v1/policies")
    @Performs(Operation.LIST_POLICIES)
    Page list(Query query) {
        Integer given = query.limit();
        int limit = given == null ? DEFAULT_LIMIT : given;
        String token = query.pageToken();
        List<PolicyVersions.Version> found =
                versions.list(limit, token == null ? null : Long.valueOf(token));
        return new Page(
                found.stream().map(Version::of).toList(),
                found.size() == limit ? String.valueOf(found.getLast().number()) : null);
    }

    @GetMapping("/v1/policies/{number:" + NUMBER + "}")
    @Performs(Operation.SHOW_POLICY)
    Version one(@PathVariable @Field(value = "Its number", pattern = NUMBER) String number) {
        return Version.of(stored(number));
    }

    private PolicyVersions.Version stored(String number) {
        return versions.find(Long.parseLong(number))
                .orElseThrow(() ->
                        RefusedException.of(
                                RefusalCode.NOT_FOUND,
                                "There is no policy version of this number."));
    }

    @PostMapping("/v1/policies")
    @Performs(value = Operation.CREATE_POLICY, status = 201, answers = Version.class)
    ResponseEntity<Object> create(@RequestBody NewVersion body, Call call) {
        return writes.once(
                Operation.CREATE_POLICY,
                call,
                body,
                () -> {
                    accepted(body.document());
                    return acts.createPolicy(call.actor(), body.document(), body.reason());
                },
                number ->
                        Writes.Done.created(
                                Version.of(stored(String.valueOf(number))),
                                "/v1/policies/" + number));
    }

    @PostMapping("/v1/policies/validation")
    @Performs(Operation.VALIDATE_POLICY)
    Validation validate(@RequestBody Document body) {
        var reading = versions.validate(body.document());
        return new Validation(
                reading instanceof PolicyLanguage.Reading.Accepted,
                reading.findings().stream().map(Finding::of).toList());
    }

    @GetMapping("/v1/policies/active")
    @Performs(value = Operation.SHOW_ACTIVE_POLICY, answers = Active.class, tagged = true)
    ResponseEntity<Object> active() {
        PolicyVersions.Active active = versions.active();
        return ResponseEntity.ok().eTag("\"" + active.activation() + "\"").body(Active.of(active));
    }

    @PutMapping("/v1/policies/active")
    @Performs(
            value = Operation.ACTIVATE_POLICY,
            answers = Active.class,
            tagged = true,
            approvable = true)
    ResponseEntity<Object> activate(@RequestBody Activation body, Call call) {
        String basis = call.basis();
        return writes.once(
                Operation.ACTIVATE_POLICY,
                call,
                body,
                () -> acts.activatePolicy(call.actor(), body.number(), basis, body.reason()),
                _ -> inForce());
    }

    @PostMapping("/v1/policies/active/rollback")
    @Performs(
            value = Operation.ROLL_BACK_POLICY,
            answers = Active.class,
            tagged = true,
            approvable = true)
    ResponseEntity<Object> rollBack(@RequestBody ApprovalController.Reason body, Call call) {
        String basis = call.basis();
        return writes.once(
                Operation.ROLL_BACK_POLICY,
                call,
                body,
                () -> acts.rollbackPolicy(call.actor(), basis, body.reason()),
                _ -> inForce());
    }

    private Writes.Done<Active> inForce() {
        PolicyVersions.Active active = versions.active();
        return Writes.Done.tagged(Active.of(active), String.valueOf(active.activation()));
    }

    record Question(
            @Field(value = "YAML; for candidate", most = 262_144) @Nullable String document,
            @Field("What the caller proved") Evidence evidence,
            @Field("What it asks for") @Nullable Request request) {}

    record Evidence(
            @Field("How the caller proved itself") CertificateController.Evidence kind,
            @Field(value = "Whom the evidence names", most = 2048) String subject,
            @Field(value = "Attested attributes", most = 256)
                    @Nullable Map<String, String> attributes,
            @Field(
                            value =
                                    "SPIFFE ID that the evidence is bound to; a last segment of * is any",
                            most = 2048)
                    @Nullable String boundTo) {}

    record Request(
            @Field(value = "Requested SPIFFE ID", most = 2048) @Nullable String spiffeId,
            @Field("Requested lifetime") @Nullable Duration lifetime,
            @Field(value = "Requested DNS names", most = 100) @Nullable List<String> dnsNames,
            @Field(value = "Requested addresses", most = 100) @Nullable List<String> ipAddresses,
            @Field(value = "Requested e-mail addresses", most = 100)
                    @Nullable List<String> emailAddresses,
            @Field(value = "Requested URIs", most = 100) @Nullable List<String> uris,
            @Field(value = "Requested names of other kinds, each oid;UTF8:value", most = 100)
                    @Nullable List<String> otherNames,
            @Field(value = "Requested profile", most = 63) @Nullable String profile,
            @Field("What the certificate is to say beside its names, for registration authorities")
                    @Nullable Certificate certificate) {}

    record Certificate(
            @Field(value = "Subject, DER Name in base64; absent: the rule's", most = 2736)
                    @Nullable String subject,
            @Field(value = "Key usages, as policy documents write them", most = 9)
                    @Nullable List<String> keyUsages,
            @Field(value = "Extended key usages, object identifiers", most = 16)
                    @Nullable List<String> extendedKeyUsages,
            @Field("Whether it is to be an intermediate CA's")
                    @Nullable Boolean certificateAuthority) {}

    record Answer(
            @Field("What the policy says") Verdict decision,
            @Field("Names the policy version") String policyVersion,
            @Field("Rule that decided; absent: none was for the request") @Nullable String rule,
            @Field("Every rule up to the one that decided") List<Rule> rules,
            @Field("What the rule that decided computed") List<Step> steps) {}

    record Verdict(
            @Field("Whether a certificate would be issued") boolean granted,
            @Field("Granted identity") @Nullable String spiffeId,
            @Field("Granted lifetime") @Nullable Duration lifetime,
            @Field("Granted profile") @Nullable String profile,
            @Field("Granted further names, each with its kind") @Nullable String names,
            @Field("Why not, permanent code") @Nullable RefusalCode code,
            @Field("Why not") @Nullable String message) {}

    record Rule(
            @Field("Its name") String rule,
            @Field("decided, not-for-this, decided-to-be-safe") String verdict,
            @Field("Each part of its condition that && joins") List<Part> conjuncts) {}

    record Part(
            @Field("The part, in CEL") String text,
            @Field("true, false, failed") String outcome,
            @Field("What it names; an absent one is not there") Map<String, String> values,
            @Field("Why it failed") @Nullable String failure) {}

    record Step(@Field("Part of the grant") String part, @Field("What it came to") String text) {}

    @PostMapping("/v1/policies/{which:" + WHICH + "}/explanation")
    @Performs(Operation.EXPLAIN_POLICY)
    Answer explain(
            @PathVariable
                    @Field(
                            value = "A number, active, or candidate with the document in the body",
                            pattern = WHICH)
                    String which,
            @RequestBody Question body) {
        PolicySnapshot snapshot = snapshot(which, body.document());
        PolicyRequest request = request(body);
        return answer(workers.run(() -> snapshot.explain(request)));
    }

    /// The named version, or the candidate in the body.
    PolicySnapshot snapshot(String which, @Nullable String document) {
        if (which.equals("candidate")) {
            if (document == null) {
                throw RefusedException.field("document", "it is missing (expected: YAML).");
            }
            return accepted(document);
        }
        if (document != null) {
            throw RefusedException.field(
                    "document", "it goes with candidate only (expected: none).");
        }
        if (which.equals("active")) {
            return policies.current();
        }
        String text = stored(which).document();
        return accepted(text == null ? "" : text);
    }

    private PolicySnapshot accepted(String document) {
        return switch (versions.validate(document)) {
            case PolicyLanguage.Reading.Accepted(PolicySnapshot snapshot, var _) -> snapshot;
            case PolicyLanguage.Reading.NotAccepted(List<PolicyFinding> findings) ->
                    throw new RefusedException(
                            Refusal.of(
                                    RefusalCode.POLICY_NOT_ACCEPTED,
                                    "The policy document has errors; each is listed."),
                            findings.stream()
                                    .map(finding ->
                                            new Problem.Detail(
                                                    "document",
                                                    finding.line(),
                                                    finding.column(),
                                                    finding.message()))
                                    .toList());
        };
    }

    private static PolicyRequest request(Question question) {
        Evidence evidence = question.evidence();
        Request requested = question.request();
        String boundTo = evidence.boundTo();
        if (evidence.attributes() != null) {
            evidence.attributes().forEach(PolicyController::requireAttribute);
        }
        return new PolicyRequest(
                EvidenceKind.valueOf(evidence.kind().name()),
                evidence.subject(),
                evidence.attributes() == null ? Map.of() : evidence.attributes(),
                boundTo == null
                        ? null
                        : SpiffeIdPattern.parse(boundTo)
                                .orElseThrow(() ->
                                        RefusedException.field(
                                                "evidence.boundTo",
                                                "it is no SPIFFE ID (expected:"
                                                        + " spiffe://trust.domain/path).")),
                requested == null ? RequestedCertificate.NOTHING : requested(requested));
    }

    private static RequestedCertificate requested(Request requested) {
        String id = requested.spiffeId();
        try {
            return new RequestedCertificate(
                    id == null
                            ? null
                            : SpiffeId.parse(id)
                                    .orElseThrow(() ->
                                            RefusedException.field(
                                                    "request.spiffeId",
                                                    "it is no SPIFFE ID (expected:"
                                                            + " spiffe://trust.domain/path).")),
                    requested.lifetime(),
                    new AlternativeNames(
                            orNone(requested.dnsNames()),
                            orNone(requested.ipAddresses()).stream()
                                    .map(InetAddress::ofLiteral)
                                    .toList(),
                            orNone(requested.emailAddresses()),
                            orNone(requested.uris()),
                            orNone(requested.otherNames()).stream().map(OtherName::parse).toList()),
                    requested.profile(),
                    requested.certificate() == null ? null : certificate(requested.certificate()));
        } catch (IllegalArgumentException e) {
            throw RefusedException.field("request", String.valueOf(e.getMessage()));
        }
    }

    /// No evidence has a longer one.
    private static void requireAttribute(String key, String value) {
        if (key.length() > MAX_ATTRIBUTE || value.length() > MAX_ATTRIBUTE) {
            throw RefusedException.field(
                    "evidence.attributes",
                    "it has a key or value of more than "
                            + MAX_ATTRIBUTE
                            + " characters (expected: at most so many, as attested ones have).");
        }
    }

    private static RequestedAttributes certificate(Certificate requested) {
        String subject = requested.subject();
        return new RequestedAttributes(
                subject == null ? null : EncodedName.of(Base64.getDecoder().decode(subject)),
                orNone(requested.keyUsages()).stream()
                        .map(PolicyLanguage::keyUsage)
                        .collect(Collectors.toSet()),
                orNone(requested.extendedKeyUsages()),
                Boolean.TRUE.equals(requested.certificateAuthority()));
    }

    private static List<String> orNone(@Nullable List<String> names) {
        return names == null ? List.of() : names;
    }

    private static Answer answer(Explanation explanation) {
        return new Answer(
                verdict(explanation.decision()),
                explanation.policyVersion(),
                explanation.rule(),
                explanation.rules().stream()
                        .map(rule ->
                                new Rule(
                                        rule.rule(),
                                        text(rule.verdict()),
                                        rule.conjuncts().stream()
                                                .map(PolicyController::part)
                                                .toList()))
                        .toList(),
                explanation.steps().stream()
                        .map(step -> new Step(step.part(), step.text()))
                        .toList());
    }

    private static Part part(Explanation.ConjunctVerdict part) {
        Map<String, String> values = new HashMap<>();
        part.values()
                .forEach((name, value) -> {
                    if (value != null) {
                        values.put(name, value);
                    }
                });
        return new Part(part.text(), text(part.outcome()), values, part.failure());
    }

    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Verdict verdict(Decision decision) {
        return switch (decision) {
            case Decision.Granted granted ->
                    new Verdict(
                            true,
                            granted.spiffeId().toString(),
                            granted.lifetime(),
                            granted.profile().name(),
                            granted.names().isEmpty() ? null : granted.names().text(),
                            null,
                            null);
            case Decision.Denied(Refusal refusal, _, _) ->
                    new Verdict(false, null, null, null, null, refusal.code(), refusal.message());
        };
    }
}
