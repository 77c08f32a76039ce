package dev.signet.ca.rest;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.signet.ca.admin.AdminActs;
import dev.signet.ca.attestation.Attestation;
import dev.signet.ca.attestation.Evidence;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.audit.AuditEvent;
import dev.signet.ca.audit.AuditTrail;
import dev.signet.ca.audit.RefusalRecords;
import dev.signet.ca.audit.RefusedRequest;
import dev.signet.ca.identity.Ascii;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.privilege.Principal;
import dev.signet.ca.privilege.Privileges;
import dev.signet.ca.privilege.Role;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.wire.OperatorCredential;

import jakarta.servlet.http.HttpServletRequest;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/// Tells who calls, from exactly one credential, anew for every request: a connection may outlive
/// the certificate or token that it began with (R9). Thread-safe; may block.
///
/// A token is not looked at while its address is throttled: else the answer would tell a right one
/// from a wrong one. Not throttled are a client certificate, whose key was proved in the handshake,
/// and the right operator credential, which has 32 characters or more and cannot be guessed: a
/// caller that shares an address with an attacker can still get in.
final class Logins {

    private static final Logger LOG = LoggerFactory.getLogger(Logins.class);
    private static final Set<String> READING = Set.of("GET", "HEAD");
    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";
    private static final String OPERATOR_SCHEME = "operator";
    private static final Duration SAME_LOGIN = Duration.ofHours(1);
    private static final int REMEMBERED_LOGINS = 10_000;

    private final OperatorCredential operator;
    private final Attestation attestation;
    private final TokenLogins tokens;
    private final Throttle throttle;
    private final AdminActs acts;
    private final AuditTrail trail;
    private final RefusalRecords refusals;
    private final InstantSource clock;
    private final Privileges privileges;
    private final Cache<Login, Boolean> recorded;

    private record Login(Actor actor, Set<Role> roles) {}

    Logins(
            AdminSettings settings,
            Privileges privileges,
            OperatorCredential operator,
            Attestation attestation,
            AdminActs acts,
            AuditTrail trail,
            RefusalRecords refusals,
            InstantSource clock) {
        this.operator = operator;
        this.attestation = attestation;
        this.tokens = new TokenLogins(settings.oidc(), clock);
        this.throttle = new Throttle(settings.logins(), clock);
        this.acts = acts;
        this.trail = trail;
        this.refusals = refusals;
        this.clock = clock;
        this.privileges = privileges;
        this.recorded =
                Caffeine.newBuilder()
                        .maximumSize(REMEMBERED_LOGINS)
                        .expireAfterWrite(SAME_LOGIN)
                        .executor(Runnable::run)
                        .build();
    }

    /// What came of it.
    sealed interface Outcome {
        record In(AdminCaller caller) implements Outcome {}

        /// UNAUTHENTICATED, LOGIN_THROTTLED or ATTESTATION_UNAVAILABLE.
        record Out(Refusal refusal) implements Outcome {}
    }

    /// A login is put on record, or there is none. One exception: while the database takes no
    /// writes, a request that only reads is let in, and the log says so instead.
    ///
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when the login cannot be put on
    ///   record
    Outcome login(HttpServletRequest request) {
        Outcome outcome = judged(request);
        if (outcome instanceof Outcome.In(AdminCaller caller)) {
            record(caller, READING.contains(request.getMethod()));
        }
        if (outcome instanceof Outcome.Out(Refusal refusal)) {
            refusals.refused(
                    RefusedRequest.of(refusal, "login", "", address(request).getHostAddress()));
        }
        return outcome;
    }

    private Outcome judged(HttpServletRequest request) {
        InetAddress address = address(request);
        X509Certificate[] chain =
                request.getAttribute(CERTIFICATES) instanceof X509Certificate[] shown
                        ? shown
                        : new X509Certificate[0];
        List<String> authorization = Collections.list(request.getHeaders("Authorization"));
        int credentials = authorization.size() + (chain.length > 0 ? 1 : 0);
        if (credentials == 1 && authorization.isEmpty()) {
            return settle(byCertificate(List.of(chain), address), address);
        }
        Duration wait = throttle.waitTime(address);
        if (!wait.isZero() && !(credentials == 1 && isOperator(authorization.getFirst()))) {
            return new Outcome.Out(
                    Refusal.of(
                                    RefusalCode.LOGIN_THROTTLED,
                                    "Too many failed logins from this address. Retry after the"
                                            + " given time.")
                            .retryAfter(wait));
        }
        return settle(
                credentials == 1
                        ? byHeader(authorization.getFirst(), address)
                        : out(credentials + " credentials (expected: exactly one)"),
                address);
    }

    private Outcome settle(Outcome outcome, InetAddress address) {
        if (outcome instanceof Outcome.Out(Refusal refusal)
                && refusal.code() == RefusalCode.UNAUTHENTICATED) {
            throttle.failed(address);
        }
        return outcome;
    }

    private void record(AdminCaller caller, boolean reads) {
        try {
            record(caller);
        } catch (LedgerUnavailableException e) {
            if (!reads || !e.readOnly()) {
                throw e;
            }
            LOG.warn(
                    "the login of {} {} from {} is not on record, as PostgreSQL takes no writes; it"
                            + " may read",
                    caller.actor().kind(),
                    caller.actor().subject(),
                    caller.actor().address());
        }
    }

    /// Once for each credential's owner, address and roles in an hour.
    private void record(AdminCaller caller) {
        Actor actor = caller.actor();
        Login login =
                new Login(
                        new Actor(actor.kind(), actor.subject(), actor.address()), caller.roles());
        if (recorded.getIfPresent(login) == null) {
            trail.record(
                    new AuditEvent(
                            "login",
                            caller.actor(),
                            String.join(
                                    " ",
                                    caller.roles().stream().sorted().map(Role::toString).toList()),
                            "",
                            null,
                            null,
                            null));
            // The operator credential is the host's, not a person's.
            if (caller.roles().contains(Role.ADMIN)
                    && !caller.actor().kind().equals(Principal.CREDENTIAL)) {
                acts.adminLoggedIn(caller.actor());
            }
            recorded.put(login, true);
        }
    }

    private Outcome byHeader(String authorization, InetAddress address) {
        int space = authorization.indexOf(' ');
        if (space < 1) {
            return out("an Authorization header that is no scheme with a credential");
        }
        String secret = authorization.substring(space + 1);
        // RFC 9110 11.1: the scheme in any case.
        return switch (Ascii.lowerCase(authorization.substring(0, space))) {
            case "bearer" ->
                    switch (tokens.login(secret)) {
                        case TokenLogins.Outcome.Proved(String subject, Set<Role> roles) ->
                                in("oidc", subject, address, roles, null);
                        case TokenLogins.Outcome.Refused(Refusal refusal) ->
                                new Outcome.Out(refusal);
                    };
            case "operator" ->
                    operator.matches(secret)
                            ? in(
                                    Principal.CREDENTIAL,
                                    "operator",
                                    address,
                                    Set.of(Role.ADMIN),
                                    null)
                            : out("a wrong operator credential");
            default -> out("an Authorization scheme that is not known here");
        };
    }

    private Outcome byCertificate(List<X509Certificate> chain, InetAddress address) {
        return switch (attestation.attest(
                new Evidence.CurrentCertificate(chain), clock.instant())) {
            case Attestation.Outcome.Refused(Refusal refusal, _) -> new Outcome.Out(refusal);
            case Attestation.Outcome.Attested(var caller) -> {
                SpiffeId id = SpiffeId.parse(caller.subject()).orElseThrow();
                yield in(
                        Principal.CERTIFICATE,
                        caller.subject(),
                        address,
                        privileges.of(id),
                        chain.getFirst().getSerialNumber().toString(16));
            }
        };
    }

    private boolean isOperator(String authorization) {
        int space = authorization.indexOf(' ');
        return space == OPERATOR_SCHEME.length()
                && authorization.regionMatches(true, 0, OPERATOR_SCHEME, 0, space)
                && operator.matches(authorization.substring(space + 1));
    }

    private static Outcome in(
            String kind,
            String subject,
            InetAddress address,
            Set<Role> roles,
            @Nullable String serialNumber) {
        return new Outcome.In(
                new AdminCaller(
                        new Actor(kind, subject, address.getHostAddress(), roles, serialNumber)));
    }

    private static Outcome out(String diagnosis) {
        return new Outcome.Out(Refusal.withDiagnosis(RefusalCode.UNAUTHENTICATED, "", diagnosis));
    }

    private static InetAddress address(HttpServletRequest request) {
        try {
            // Always a literal: nothing is looked up.
            String literal = request.getRemoteAddr();
            return InetAddress.ofLiteral(
                    literal.startsWith("[") ? literal.substring(1, literal.length() - 1) : literal);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("a caller without an address", e);
        }
    }
}
