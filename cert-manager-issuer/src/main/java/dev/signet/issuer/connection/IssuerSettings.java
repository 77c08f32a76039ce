package dev.signet.issuer.connection;

import dev.signet.client.CaAddress;
import dev.signet.issuer.api.IssuerSpec;
import dev.signet.issuer.request.GoDuration;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An issuer's spec, checked; the schema checks the same before, but an older one may not have.
///
/// @param addresses of the CA's replicas
/// @param bundle where first trust comes from
/// @param serviceAccount whose token is shown; empty: the controller's own
/// @param profile to request; empty: what policy grants
/// @param caProfile to request where a CA's certificate is asked for; empty: what policy grants
/// @param maxDuration what is asked for beyond it is cut; empty: policy's bounds alone
/// @param hints attributes for policy, behind `hint.`
/// @param includeCa whether the root goes into the status of a CertificateRequest
/// @param retryWindow how long a request is tried while the CA cannot serve
public record IssuerSettings(
        List<CaAddress> addresses,
        BundleReference bundle,
        Optional<ServiceAccountToken> serviceAccount,
        Optional<String> profile,
        Optional<String> caProfile,
        Optional<Duration> maxDuration,
        Map<String, String> hints,
        boolean includeCa,
        Duration retryWindow) {

    /// Unless the spec says otherwise.
    public static final Duration DEFAULT_RETRY_WINDOW = Duration.ofMinutes(15);

    /// A request id is good for 24 h; an hour is left for clocks and waits.
    public static final Duration LONGEST_RETRY_WINDOW = Duration.ofHours(23);

    private static final int MOST_ADDRESSES = 8;
    private static final int MOST_HINTS = 16;
    private static final String DEFAULT_AUDIENCE = "signet";
    private static final String DEFAULT_KEY = "ca.crt";

    public IssuerSettings {
        addresses = List.copyOf(addresses);
        hints = Map.copyOf(hints);
    }

    /// Where a trust bundle is.
    public sealed interface BundleReference {

        /// In the spec itself.
        record Inline(String pem) implements BundleReference {}

        /// In a ConfigMap.
        record InConfigMap(String name, String key) implements BundleReference {}

        /// In a Secret.
        record InSecret(String name, String key) implements BundleReference {}
    }

    /// A ServiceAccount in the issuer's namespace.
    public record ServiceAccountToken(String name, String audience) {}

    /// Reads a spec.
    ///
    /// @throws IllegalArgumentException when it is not as its schema says; the message is for
    ///   people
    public static IssuerSettings of(@Nullable IssuerSpec spec) {
        if (spec == null) {
            throw new IllegalArgumentException("spec is missing");
        }
        List<String> addresses = spec.addresses() == null ? List.of() : spec.addresses();
        if (addresses.isEmpty() || addresses.size() > MOST_ADDRESSES) {
            throw new IllegalArgumentException(
                    "spec.addresses has "
                            + addresses.size()
                            + " entries (expected: 1 to "
                            + MOST_ADDRESSES
                            + ")");
        }
        IssuerSpec.PolicyHints policy =
                spec.policy() == null
                        ? new IssuerSpec.PolicyHints(null, null, null, null)
                        : spec.policy();
        Map<String, String> hints = policy.attributes() == null ? Map.of() : policy.attributes();
        if (hints.size() > MOST_HINTS) {
            throw new IllegalArgumentException(
                    "spec.policy.attributes has more than " + MOST_HINTS + " entries");
        }
        return new IssuerSettings(
                addresses.stream().map(CaAddress::parse).toList(),
                bundle(spec.trustBundle()),
                Optional.ofNullable(spec.credential())
                        .map(IssuerSpec.Credential::serviceAccount)
                        .map(account ->
                                new ServiceAccountToken(
                                        account.name(), or(account.audience(), DEFAULT_AUDIENCE))),
                Optional.ofNullable(policy.profile()),
                Optional.ofNullable(policy.caProfile()),
                Optional.ofNullable(policy.maxDuration())
                        .map(text -> duration("spec.policy.maxDuration", text)),
                hints,
                spec.includeCa() == null || spec.includeCa(),
                retryWindow(spec.retryWindow()));
    }

    private static Duration retryWindow(@Nullable String text) {
        if (text == null) {
            return DEFAULT_RETRY_WINDOW;
        }
        Duration window = duration("spec.retryWindow", text);
        if (window.compareTo(LONGEST_RETRY_WINDOW) > 0) {
            throw new IllegalArgumentException("spec.retryWindow: " + text + " (expected: <= 23h)");
        }
        return window;
    }

    private static Duration duration(String field, String text) {
        Duration duration =
                GoDuration.parse(text)
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        field + " is no duration such as 15m"));
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(field + ": " + text + " (expected: more than 0)");
        }
        return duration;
    }

    private static BundleReference bundle(IssuerSpec.@Nullable BundleSource source) {
        if (source != null) {
            String inline = source.inline();
            IssuerSpec.KeyRef configMap = source.configMap();
            IssuerSpec.KeyRef secret = source.secret();
            if (inline != null && configMap == null && secret == null) {
                return new BundleReference.Inline(inline);
            }
            if (inline == null && configMap != null && secret == null) {
                return new BundleReference.InConfigMap(
                        configMap.name(), or(configMap.key(), DEFAULT_KEY));
            }
            if (inline == null && configMap == null && secret != null) {
                return new BundleReference.InSecret(secret.name(), or(secret.key(), DEFAULT_KEY));
            }
        }
        throw new IllegalArgumentException(
                "spec.trustBundle needs exactly one of inline, configMap, secret");
    }

    private static String or(@Nullable String text, String otherwise) {
        return text == null ? otherwise : text;
    }
}
