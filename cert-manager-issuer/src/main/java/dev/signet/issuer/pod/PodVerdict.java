package dev.signet.issuer.pod;

import dev.signet.client.SubjectCertificate;
import dev.signet.issuer.signing.Outcome;

import io.fabric8.kubernetes.api.model.Condition;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/// How a PodCertificateRequest ends: one condition, and with a certificate the fields that the API
/// server holds against it; without one, no other field. Immutable.
///
/// @param type of the condition: Issued, Denied or Failed
/// @param reason in CamelCase
/// @param message for people
/// @param fields of the status beside its conditions
record PodVerdict(String type, String reason, String message, Map<String, String> fields) {

    /// Beyond which the API server takes a certificate for one of another clock.
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

    /// What policy says no to, as a reason of the CA's; anything else has failed.
    private static final Set<String> OF_POLICY =
            Set.of(
                    "PolicyDenied",
                    "IdentityNotGranted",
                    "IdentityBlocked",
                    "LifetimeNotGranted",
                    "NameNotGranted",
                    "SubjectNotGranted",
                    "UsageNotGranted",
                    "ProfileNotGranted");

    private static final Set<String> OF_KEYS = Set.of("KeyNotAccepted", "KeyTypeNotGranted");

    PodVerdict {
        fields = Map.copyOf(fields);
    }

    static PodVerdict denied(String reason, String message) {
        return new PodVerdict("Denied", reason, message, Map.of());
    }

    static PodVerdict failed(String reason, String message) {
        return new PodVerdict("Failed", reason, message, Map.of());
    }

    static PodVerdict of(Outcome.Failed outcome) {
        if (OF_KEYS.contains(outcome.reason())) {
            return denied(
                    "UnsupportedKeyType",
                    outcome.message() + " Use keyType ECDSAP256 in the pod's volume.");
        }
        return OF_POLICY.contains(outcome.reason())
                ? denied(outcome.reason(), outcome.message())
                : failed(outcome.reason(), outcome.message());
    }

    /// @param longest from one end of the certificate to the other
    /// @return Failed where the API server would not take the certificate; the kubelet then makes
    ///   another request
    static PodVerdict of(
            SubjectCertificate certificate, Duration longest, Instant now, RandomGenerator random) {
        X509Certificate leaf = certificate.leaf();
        Instant notBefore = leaf.getNotBefore().toInstant();
        Instant notAfter = leaf.getNotAfter().toInstant();
        Duration lifetime = Duration.between(notBefore, notAfter);
        if (lifetime.compareTo(PodRequestReader.LEAST) < 0) {
            return failed(
                    "LifetimeTooShort",
                    "the CA gave "
                            + lifetime
                            + " (expected: 1 h or more); see the issuer's policy.maxDuration and the"
                            + " end of the CA's own certificate");
        }
        if (lifetime.compareTo(longest) > 0) {
            return failed(
                    "LifetimeTooLong",
                    "the CA gave " + lifetime + " (expected: at most " + longest + ")");
        }
        if (Duration.between(notBefore, now).abs().compareTo(CLOCK_TOLERANCE) >= 0) {
            return failed(
                    "CertificateTooOld",
                    "the certificate begins at "
                            + notBefore
                            + ", more than 5 min from now: it was signed before an interruption, or"
                            + " clocks differ");
        }
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("certificateChain", certificate.chainPem());
        fields.put("notBefore", notBefore.toString());
        fields.put("notAfter", notAfter.toString());
        fields.put("beginRefreshAt", refresh(notBefore, lifetime, random).toString());
        return new PodVerdict(
                "Issued",
                "Issued",
                "certificate " + leaf.getSerialNumber().toString(16) + " signed",
                fields);
    }

    /// From one half to two thirds of the lifetime, at random, so that pods that were started
    /// together do not come back together.
    private static Instant refresh(Instant notBefore, Duration lifetime, RandomGenerator random) {
        long seconds = lifetime.toSeconds();
        return notBefore
                .plusSeconds(seconds / 2 + random.nextLong(Math.max(1, seconds / 6)))
                .truncatedTo(ChronoUnit.SECONDS);
    }

    /// Whether a certificate was issued.
    boolean isIssued() {
        return type.equals("Issued");
    }

    /// The whole status.
    Map<String, Object> status(Condition condition) {
        Map<String, Object> status = new LinkedHashMap<>(fields);
        status.put("conditions", List.of(condition));
        return status;
    }
}
