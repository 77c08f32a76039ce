package dev.signet.ca.issuance;

import dev.signet.ca.attestation.Attestation;
import dev.signet.ca.attestation.AttestedCaller;
import dev.signet.ca.audit.AuditLines;
import dev.signet.ca.authority.Authorities;
import dev.signet.ca.authority.IssuingAuthority;
import dev.signet.ca.issuance.CertificateAssembly.Approved;
import dev.signet.ca.ledger.ClockGuard;
import dev.signet.ca.ledger.IssuanceRecord;
import dev.signet.ca.ledger.Ledger;
import dev.signet.ca.ledger.RecordedCertificate;
import dev.signet.ca.policy.Decision;
import dev.signet.ca.policy.Policies;
import dev.signet.ca.policy.PolicyRequest;
import dev.signet.ca.policy.PolicySnapshot;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.revocation.Blocks;
import dev.signet.ca.suspension.Suspensions;
import dev.signet.ca.trust.TrustBundles;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The issuance flow; the numbers are those of docs/flows/issuance.md. Thread-safe.
///
/// A request is dated once, at its beginning, and sees one policy snapshot and one authority from
/// beginning to end (R5). Nothing here waits: a request whose evidence, policy or signer may block
/// goes to the [BlockingLane].
final class IssuanceFlow implements Issuance {

    /// A serial number with 128 random bits that is taken means a broken source of randomness, not
    /// bad luck: few tries.
    static final int MAX_SERIAL_NUMBERS = 3;

    private static final Duration RETRY_WHEN_OVERLOADED = Duration.ofSeconds(1);
    private static final Duration RETRY_WHEN_LEDGER_IS_AWAY = Duration.ofSeconds(1);

    private final ClockGuard clockGuard;
    private final Suspensions suspensions;
    private final Blocks blocks;
    private final Attestation attestation;
    private final Policies policies;
    private final RoleGuard roles;
    private final Authorities authorities;
    private final CertificateAssembly assembly;
    private final Ledger ledger;
    private final TrustBundles trustBundles;
    private final AuditLines auditLines;
    private final InstantSource clock;
    private final Flights flights;
    private final BlockingLane blockingLane;

    IssuanceFlow(
            ClockGuard clockGuard,
            Suspensions suspensions,
            Blocks blocks,
            Attestation attestation,
            Policies policies,
            RoleGuard roles,
            Authorities authorities,
            CertificateAssembly assembly,
            Ledger ledger,
            TrustBundles trustBundles,
            AuditLines auditLines,
            InstantSource clock,
            Flights flights,
            BlockingLane blockingLane) {
        this.clockGuard = clockGuard;
        this.suspensions = suspensions;
        this.blocks = blocks;
        this.attestation = attestation;
        this.policies = policies;
        this.roles = roles;
        this.authorities = authorities;
        this.assembly = assembly;
        this.ledger = ledger;
        this.trustBundles = trustBundles;
        this.auditLines = auditLines;
        this.clock = clock;
        this.flights = flights;
        this.blockingLane = blockingLane;
    }

    @Override
    public void refuseNew() {
        flights.refuseNew();
    }

    @Override
    public int inFlight() {
        return flights.inFlight();
    }

    @Override
    public void issue(
            IssuanceRequest request, Consumer<IssuanceOutcome> answer, Consumer<Throwable> fault) {
        Flight flight = flights.begin(request, answer, fault);
        flight.guard(() -> admit(flight, request));
    }

    // 1. Admit: what can be refused without looking at evidence or certification request.
    private void admit(Flight flight, IssuanceRequest request) {
        Instant now = clock.instant();
        Optional<Refusal> objection =
                flights.objection()
                        .or(clockGuard::objection)
                        .or(() -> RequestIds.objection(request.requestId(), now));
        if (objection.isPresent()) {
            flight.refuse(objection.get());
            return;
        }
        PolicySnapshot policy = policies.current();
        Authorities.Selection selection = authorities.active(now);
        if (attestation.mayBlock(request.evidence()) || policy.mayBlock() || mayBlock(selection)) {
            blockingLane.run(flight, () -> attest(flight, request, now, policy, selection));
        } else {
            attest(flight, request, now, policy, selection);
        }
    }

    private static boolean mayBlock(Authorities.Selection selection) {
        return switch (selection) {
            case Authorities.Selection.Usable(IssuingAuthority authority) -> authority.mayBlock();
            case Authorities.Selection.NotUsable(_) -> false;
        };
    }

    // 2. Attest: before the certification request is read, so that nobody who has not proved who it
    // is makes this CPU work on a key of its choice (R12).
    private void attest(
            Flight flight,
            IssuanceRequest request,
            Instant now,
            PolicySnapshot policy,
            Authorities.Selection selection) {
        switch (attestation.attest(request.evidence(), now)) {
            case Attestation.Outcome.Refused refused -> flight.refuse(refused);
            case Attestation.Outcome.Attested(AttestedCaller caller) -> {
                flight.attested(caller);
                // Asked here, not at the door: only who is known may learn why there is a
                // suspension.
                Optional<Refusal> suspended = suspended(flight);
                if (suspended.isPresent()) {
                    flight.refuse(suspended.get());
                } else {
                    decide(flight, request, now, policy, selection, caller);
                }
            }
        }
    }

    // 3. Decide: by policy over attested attributes; the certification request has no say (R10).
    private void decide(
            Flight flight,
            IssuanceRequest request,
            Instant now,
            PolicySnapshot policy,
            Authorities.Selection selection,
            AttestedCaller caller) {
        Decision decision =
                policy.decide(
                        new PolicyRequest(
                                caller.kind(),
                                caller.subject(),
                                caller.attributes(),
                                caller.bound(),
                                request.requested()));
        switch (decision) {
            case Decision.Denied denied -> flight.refuse(denied, policy.version());
            case Decision.Granted grant -> {
                flight.granted(grant);
                Optional<Refusal> objection =
                        blocked(flight, grant)
                                .or(() -> roles.objection(policy, caller, grant.spiffeId()));
                if (objection.isPresent()) {
                    flight.refuse(objection.get());
                    return;
                }
                switch (selection) {
                    case Authorities.Selection.NotUsable(Refusal refusal) -> flight.refuse(refusal);
                    case Authorities.Selection.Usable(IssuingAuthority authority) ->
                            limit(flight, new Approved(request, now, caller, grant, authority));
                }
            }
        }
    }

    private void limit(Flight flight, Approved approved) {
        Optional<Refusal> objection = flight.count(approved);
        if (objection.isPresent()) {
            flight.refuse(objection.get());
            return;
        }
        takePlace(flight, approved, 1);
    }

    // 4. Take a place in the commit queue before anything costly is done; none left: say so at once
    // (R18).
    private void takePlace(Flight flight, Approved approved, int attempt) {
        if (flight.isAnswered()) {
            return; // its deadline has passed
        }
        Optional<Ledger.Place> reserved = ledger.reserve();
        if (reserved.isEmpty()) {
            flight.refuse(overloaded());
            return;
        }
        Ledger.Place place = reserved.get();
        CertificateAssembly.Outcome assembled;
        try {
            assembled = assembly.assemble(approved, flight::isAnswered);
        } catch (RuntimeException | Error e) {
            place.giveUp();
            throw e;
        }
        switch (assembled) {
            case CertificateAssembly.Outcome.Refused(Refusal refusal) -> {
                place.giveUp();
                flight.refuse(refusal);
            }
            case CertificateAssembly.Outcome.TooLate() -> place.giveUp();
            case CertificateAssembly.Outcome.Signed(IssuanceRecord issuance) ->
                    commit(flight, approved, attempt, place, issuance);
        }
    }

    // 8. Commit, unless a suspension or a block came meanwhile (R6): what is not handed over now
    // never
    // is.
    private void commit(
            Flight flight,
            Approved approved,
            int attempt,
            Ledger.Place place,
            IssuanceRecord issuance) {
        Optional<Refusal> objection = suspended(flight).or(() -> blocked(flight, approved.grant()));
        if (objection.isPresent()) {
            place.giveUp();
            flight.refuse(objection.get());
            return;
        }
        place.record(
                issuance,
                outcome -> flight.guard(() -> decided(flight, approved, attempt, outcome)));
    }

    /// This server's own certificate is not subject to a suspension: without one nobody could
    /// resume it.
    private Optional<Refusal> suspended(Flight flight) {
        return flight.evidence() == EvidenceLabel.SERVER ? Optional.empty() : suspensions.refusal();
    }

    /// Nor to a block of its identity.
    private Optional<Refusal> blocked(Flight flight, Decision.Granted grant) {
        return flight.evidence() == EvidenceLabel.SERVER
                ? Optional.empty()
                : blocks.objection(grant.spiffeId());
    }

    private void decided(
            Flight flight, Approved approved, int attempt, Ledger.RecordOutcome outcome) {
        switch (outcome) {
            case Ledger.Recorded(RecordedCertificate certificate) -> {
                tell(approved, certificate);
                if (!release(flight, certificate, approved.authority().chain())) {
                    flight.countAfterAll(approved);
                }
            }
            case Ledger.AlreadyRecorded(RecordedCertificate certificate) -> {
                flight.costsNothing(); // a retry (R18)
                releaseAgain(flight, certificate);
            }
            case Ledger.RequestIdReused() ->
                    flight.refuse(
                            Refusal.of(
                                    RefusalCode.REQUEST_ID_REUSED,
                                    "The request id was used before with another certification"
                                            + " request or by another caller. Make a new id for"
                                            + " each new request."));
            case Ledger.JoinTokenAlreadyUsed() ->
                    flight.refuse(
                            Refusal.of(
                                    RefusalCode.TOKEN_ALREADY_USED,
                                    "The join token was already used. Ask the operator for a new"
                                            + " one."));
            case Ledger.SerialNumberTaken() -> {
                if (attempt >= MAX_SERIAL_NUMBERS) {
                    throw new IllegalStateException(
                            MAX_SERIAL_NUMBERS + " fresh serial numbers in a row were taken");
                }
                // Not on the ledger's writer thread: it must go on committing.
                blockingLane.run(flight, () -> takePlace(flight, approved, attempt + 1));
            }
            case Ledger.Unavailable(String diagnosis) -> {
                flight.refuse(
                        Refusal.withDiagnosis(
                                        RefusalCode.LEDGER_UNAVAILABLE,
                                        "The issuance could not be put on record. Retry with the"
                                                + " same request id.",
                                        diagnosis)
                                .retryAfter(RETRY_WHEN_LEDGER_IS_AWAY));
            }
        }
    }

    /// The ledger row is the record of the issuance; this is for those who read along.
    private void tell(Approved approved, RecordedCertificate certificate) {
        if (auditLines.enabled()) {
            auditLines.issued(
                    new AuditLines.Issued(
                            certificate.serialNumber().hex(),
                            certificate.spiffeId().toString(),
                            clock.instant(),
                            certificate.validity().notAfter(),
                            approved.caller().kind().text(),
                            approved.caller().subject(),
                            approved.grant().policyVersion(),
                            approved.grant().rule(),
                            approved.request().requestId()));
        }
    }

    private void releaseAgain(Flight flight, RecordedCertificate certificate) {
        if (!certificate.validity().notAfter().isAfter(clock.instant())) {
            flight.refuse(
                    Refusal.of(
                            RefusalCode.REQUEST_ID_REUSED,
                            "The certificate that this request id was given has expired. Make a new"
                                    + " id for each new request."));
            return;
        }
        Optional<List<byte[]>> chain = authorities.chain(certificate.authorityId());
        if (chain.isEmpty()) {
            throw new IllegalStateException(
                    "certificate "
                            + certificate.serialNumber().hex()
                            + " is on record under authority "
                            + certificate.authorityId()
                            + ", which this replica does not know");
        }
        var _ = release(flight, certificate, chain.get());
    }

    // 9. Release: only what is on record has the type that can be answered with. False: the caller
    // was answered before.
    private boolean release(Flight flight, RecordedCertificate certificate, List<byte[]> chain) {
        RenewalWindow window = RenewalWindow.of(clock.instant(), certificate.validity().notAfter());
        return flight.issued(
                new IssuanceOutcome.Issued(
                        certificate,
                        chain,
                        trustBundles.current().version(),
                        window.from(),
                        window.until()));
    }

    static Refusal overloaded() {
        return Refusal.of(
                        RefusalCode.OVERLOADED,
                        "The CA has more requests than it can record. Retry after the given time.")
                .retryAfter(RETRY_WHEN_OVERLOADED);
    }
}
