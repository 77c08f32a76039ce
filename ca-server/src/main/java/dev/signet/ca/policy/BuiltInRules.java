package dev.signet.ca.policy;

import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.PublicKeyType;
import dev.signet.ca.certificate.SubjectName;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Decides before any document does: this server's own certificate, and those by which operators
/// log in. So no document can lock the CA out of its own certificate or its operators out of the
/// CA, and none can make an operator. Immutable.
final class BuiltInRules {

    static final String SERVER = "server";
    static final String OPERATOR = "operator";

    /// Names that no rule of a document may have.
    static final List<String> NAMES = List.of(SERVER, OPERATOR);

    private static final String SERVER_PATH = IdentityBounds.RESERVED_PREFIX + "server";
    private static final String OPERATOR_PREFIX = IdentityBounds.RESERVED_PREFIX + "operator/";
    private static final Duration OPERATOR_LIFETIME = Duration.ofHours(12);

    private final TrustDomain trustDomain;
    private final PolicySettings settings;
    private final CertificateProfile serverProfile;
    private final CertificateProfile operatorProfile;
    private final AlternativeNames serverNames;

    BuiltInRules(
            TrustDomain trustDomain,
            PolicySettings settings,
            CertificateProfile serverProfile,
            CertificateProfile operatorProfile) {
        this.trustDomain = trustDomain;
        this.settings = settings;
        this.serverProfile = serverProfile;
        this.operatorProfile = operatorProfile;
        this.serverNames = settings.serverNames();
    }

    /// @return null when it is the document's to decide
    @Nullable String ruleFor(PolicyRequest request) {
        if (request.evidenceKind() == EvidenceKind.SERVER) {
            return SERVER;
        }
        return operator(request) != null ? OPERATOR : null;
    }

    /// @throws IllegalArgumentException when [#ruleFor] is null
    Decision decide(PolicyRequest request, String version, Trace trace) {
        if (request.evidenceKind() == EvidenceKind.SERVER) {
            return granted(
                    request,
                    new SpiffeId(trustDomain, SERVER_PATH),
                    serverNames,
                    settings.serverLifetime(),
                    serverProfile,
                    version,
                    SERVER,
                    trace);
        }
        SpiffeId operator = operator(request);
        if (operator == null) {
            throw new IllegalArgumentException("no built-in rule is for the request");
        }
        return granted(
                request,
                operator,
                AlternativeNames.NONE,
                settings.withinBounds(OPERATOR_LIFETIME),
                operatorProfile,
                version,
                OPERATOR,
                trace);
    }

    /// The operator that a join token or a certificate is bound to, and to nobody else.
    private @Nullable SpiffeId operator(PolicyRequest request) {
        boolean mayBe =
                request.evidenceKind() == EvidenceKind.JOIN_TOKEN
                        || request.evidenceKind() == EvidenceKind.CURRENT_CERTIFICATE;
        SpiffeIdPattern bound = request.bound();
        if (!mayBe || bound == null) {
            return null;
        }
        Optional<SpiffeId> exact = bound.exact().filter(this::isOperator);
        return exact.orElse(null);
    }

    private boolean isOperator(SpiffeId id) {
        return id.trustDomain().equals(trustDomain)
                && id.path().startsWith(OPERATOR_PREFIX)
                && id.path().indexOf('/', OPERATOR_PREFIX.length()) < 0;
    }

    private Decision granted(
            PolicyRequest request,
            SpiffeId id,
            AlternativeNames names,
            Duration usual,
            CertificateProfile profile,
            String version,
            String rule,
            Trace trace) {
        RequestedCertificate requested = request.requested();
        trace.step("spiffeId", () -> id + ", by the built-in rule " + rule);
        SpiffeId requestedId = requested.spiffeId();
        if (requestedId != null && !requestedId.equals(id)) {
            return new Decision.Denied(Refusals.otherIdentity("rule " + rule + " grants " + id));
        }
        String requestedProfile = requested.profile();
        if (requestedProfile != null && !requestedProfile.equals(profile.name())) {
            return new Decision.Denied(Refusals.otherProfile(requestedProfile, profile.name()));
        }
        if (!requested.names().isEmpty()) {
            return new Decision.Denied(
                    Refusal.withDiagnosis(
                            RefusalCode.NAME_NOT_GRANTED,
                            "The evidence entitles to no name beside the SPIFFE ID.",
                            "rule " + rule + " takes no names from the request"));
        }
        if (requested.certificate() != null) {
            return new Decision.Denied(Refusals.usageNotGranted("usages"));
        }
        Duration requestedLifetime = requested.lifetime();
        Duration lifetime =
                requestedLifetime == null
                        ? usual
                        : Duration.ofSeconds(requestedLifetime.toSeconds());
        if (lifetime.compareTo(settings.minLifetime()) < 0
                || lifetime.compareTo(settings.maxLifetime()) > 0) {
            return new Decision.Denied(
                    Refusals.lifetime(settings.minLifetime(), settings.maxLifetime()));
        }
        trace.step("lifetime", () -> lifetime.toSeconds() + " s");
        return new Decision.Granted(
                id,
                names,
                SubjectName.EMPTY,
                lifetime,
                profile,
                profile.extendedKeyUsages(),
                Set.of(PublicKeyType.values()),
                null,
                version,
                rule);
    }
}
