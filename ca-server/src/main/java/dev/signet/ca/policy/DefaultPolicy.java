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

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The policy without configuration: a Kubernetes caller gets the ID of its service account, a join
/// token's bearer the ID bound to it, the holder of a certificate the same ID again, this server
/// its own. First matching rule decides; nobody else gets anything. Immutable.
final class DefaultPolicy implements PolicySnapshot {

    /// First path segment of IDs that only this server itself may have.
    private static final String RESERVED = "/signet/";

    private static final String SERVER_PATH = "/signet/server";

    private final TrustDomain trustDomain;
    private final PolicySettings settings;
    private final CertificateProfile profile;
    private final AlternativeNames serverNames;
    private final List<Rule> rules;
    private final String version;

    DefaultPolicy(TrustDomain trustDomain, PolicySettings settings, CertificateProfile profile) {
        this.trustDomain = trustDomain;
        this.settings = settings;
        this.profile = profile;
        this.serverNames = settings.serverNames();
        this.rules =
                List.of(
                        new Rule(
                                "kubernetes-service-account",
                                EvidenceKind.KUBERNETES,
                                this::serviceAccount),
                        new Rule("join-token", EvidenceKind.JOIN_TOKEN, this::boundToToken),
                        new Rule(
                                "current-certificate",
                                EvidenceKind.CURRENT_CERTIFICATE,
                                this::sameAgain),
                        new Rule("server", EvidenceKind.SERVER, _ -> new Identity.Server()));
        this.version = "default-1+sha256:" + digest();
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public boolean mayBlock() {
        return false;
    }

    @Override
    public Decision decide(PolicyRequest request) {
        for (Rule rule : rules) {
            if (rule.kind() == request.evidenceKind()) {
                return switch (rule.identity().of(request)) {
                    case Identity.Workload(SpiffeId id) -> workload(rule, id, request);
                    case Identity.Server() -> server(rule, request);
                    case Identity.None(Refusal refusal) -> new Decision.Denied(refusal);
                };
            }
        }
        return new Decision.Denied(
                denied("no rule of policy " + version + " is for " + request.evidenceKind()));
    }

    private Decision workload(Rule rule, SpiffeId id, PolicyRequest request) {
        if (!id.trustDomain().equals(trustDomain)) {
            return new Decision.Denied(
                    denied("rule " + rule.name() + " came to an ID of another trust domain"));
        }
        if (id.path().startsWith(RESERVED)) {
            return new Decision.Denied(
                    denied("rule " + rule.name() + " came to an ID reserved for this server"));
        }
        return granted(rule, id, AlternativeNames.NONE, settings.defaultLifetime(), request);
    }

    private Decision server(Rule rule, PolicyRequest request) {
        return granted(
                rule,
                new SpiffeId(trustDomain, SERVER_PATH),
                serverNames,
                settings.serverLifetime(),
                request);
    }

    private Decision granted(
            Rule rule,
            SpiffeId id,
            AlternativeNames names,
            Duration defaultLifetime,
            PolicyRequest request) {
        SpiffeId wished = request.wish().spiffeId();
        if (wished != null && !wished.equals(id)) {
            return new Decision.Denied(
                    Refusal.withDiagnosis(
                            RefusalCode.IDENTITY_NOT_GRANTED,
                            "The wished SPIFFE ID is not the one that the evidence entitles to."
                                    + " Leave it out to get that one.",
                            "rule " + rule.name() + " grants " + id));
        }
        if (!request.wish().names().isEmpty()) {
            return new Decision.Denied(
                    Refusal.withDiagnosis(
                            RefusalCode.NAME_NOT_GRANTED,
                            "Policy grants no name beside the SPIFFE ID. Leave the names out, or"
                                    + " ask the operator of the CA.",
                            "rule " + rule.name() + " grants no wished names"));
        }
        String wishedProfile = request.wish().profile();
        if (wishedProfile != null && !wishedProfile.equals(profile.name())) {
            return new Decision.Denied(
                    Refusal.withDiagnosis(
                            RefusalCode.PROFILE_NOT_GRANTED,
                            "The wished profile is not the one that policy grants. Leave it out to"
                                    + " get that one.",
                            "rule " + rule.name() + " grants profile " + profile.name()));
        }
        Duration wishedLifetime = request.wish().lifetime();
        Duration lifetime =
                wishedLifetime == null
                        ? defaultLifetime
                        : Duration.ofSeconds(wishedLifetime.toSeconds());
        if (lifetime.compareTo(settings.minLifetime()) < 0
                || lifetime.compareTo(settings.maxLifetime()) > 0) {
            return new Decision.Denied(lifetimeNotGranted());
        }
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
                rule.name());
    }

    private Identity serviceAccount(PolicyRequest request) {
        String namespace = request.attributes().get("kubernetes.namespace");
        String serviceAccount = request.attributes().get("kubernetes.service-account");
        if (namespace == null || serviceAccount == null) {
            return new Identity.None(denied("the evidence names no service account"));
        }
        try {
            return new Identity.Workload(
                    SpiffeId.ofServiceAccount(trustDomain, namespace, serviceAccount));
        } catch (IllegalArgumentException _) {
            return new Identity.None(
                    denied("namespace or service account cannot be a SPIFFE path segment"));
        }
    }

    private Identity boundToToken(PolicyRequest request) {
        SpiffeIdPattern bound = request.bound();
        if (bound == null) {
            return new Identity.None(denied("the join token is bound to no ID"));
        }
        SpiffeId wished = request.wish().spiffeId();
        Optional<SpiffeId> exact = bound.exact();
        if (exact.isPresent()) {
            return new Identity.Workload(exact.get());
        }
        if (wished == null) {
            return new Identity.None(
                    Refusal.of(
                            RefusalCode.IDENTITY_NOT_GRANTED,
                            "The join token is bound to a pattern of SPIFFE IDs. Name the wished ID"
                                    + " in the request."));
        }
        if (!bound.matches(wished)) {
            return new Identity.None(
                    Refusal.withDiagnosis(
                            RefusalCode.IDENTITY_NOT_GRANTED,
                            "The wished SPIFFE ID does not match the pattern that the join token is"
                                    + " bound to.",
                            "the token is bound to " + bound));
        }
        return new Identity.Workload(wished);
    }

    private Identity sameAgain(PolicyRequest request) {
        SpiffeIdPattern bound = request.bound();
        Optional<SpiffeId> same = bound == null ? Optional.empty() : bound.exact();
        return same.isPresent()
                ? new Identity.Workload(same.get())
                : new Identity.None(denied("the current certificate is bound to no single ID"));
    }

    private static Refusal denied(String diagnosis) {
        return Refusal.withDiagnosis(
                RefusalCode.POLICY_DENIED,
                "Policy grants no certificate to this evidence. Ask the operator of the CA.",
                diagnosis);
    }

    private Refusal lifetimeNotGranted() {
        long least = settings.minLifetime().toSeconds();
        long most = settings.maxLifetime().toSeconds();
        return new Refusal(
                RefusalCode.LIFETIME_NOT_GRANTED,
                "The wished lifetime is out of bounds (expected: "
                        + least
                        + " to "
                        + most
                        + " s, or none for the default).",
                "",
                null,
                Map.of(
                        "minLifetimeSeconds", Long.toString(least),
                        "maxLifetimeSeconds", Long.toString(most)));
    }

    /// Everything that the snapshot decides by, so that two servers with the same version decide
    /// alike (R5).
    private String digest() {
        StringBuilder content = new StringBuilder();
        content.append(trustDomain).append('\n').append(settings).append('\n').append(profile);
        rules.forEach(rule -> content.append('\n').append(rule.name()));
        try {
            byte[] sha256 =
                    MessageDigest.getInstance("SHA-256")
                            .digest(content.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha256, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JDK has no SHA-256", e);
        }
    }

    private record Rule(String name, EvidenceKind kind, IdentityOf identity) {}

    private interface IdentityOf {
        Identity of(PolicyRequest request);
    }

    private sealed interface Identity {
        record Workload(SpiffeId id) implements Identity {}

        record Server() implements Identity {}

        record None(Refusal refusal) implements Identity {}
    }
}
