package dev.signet.ca.policy;

import dev.cel.runtime.CelVariableResolver;
import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.EncodedName;
import dev.signet.ca.certificate.OtherName;
import dev.signet.ca.identity.SpiffeId;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// A request under the names by which conditions and templates ask for its parts, and what one
/// decision on it has cost. For one decision on one thread; what it gives does not change.
final class RequestInput implements CelVariableResolver {

    private final PolicyRequest request;
    private final @Nullable String name;

    /// Null: no condition was evaluated yet that has to be counted.
    private @Nullable Meter meter;

    RequestInput(PolicyRequest request) {
        this(request, null, null);
    }

    private RequestInput(PolicyRequest request, @Nullable String name, @Nullable Meter meter) {
        this.request = request;
        this.name = name;
        this.meter = meter;
    }

    /// For an explanation: begins to count again, and ends when the thread is interrupted.
    RequestInput explained() {
        return new RequestInput(request, name, Meter.ofExplanation());
    }

    Meter meter() {
        if (meter == null) {
            meter = Meter.ofIssuance();
        }
        return meter;
    }

    /// Whether the conditions evaluated so far cost more than a decision may: what they came to is
    /// then not to be believed.
    boolean isTooCostly() {
        return meter != null && meter.hasRunOut();
    }

    /// The same request with one of its requested names as `name`.
    RequestInput withName(String requested) {
        return new RequestInput(request, requested, meter());
    }

    PolicyRequest request() {
        return request;
    }

    Map<String, String> attributes() {
        return request.attributes();
    }

    /// @return null where there is no such text variable
    @Nullable String text(String variable) {
        return switch (variable) {
            case Variables.KIND -> request.evidenceKind().text();
            case Variables.SUBJECT -> request.evidenceSubject();
            case Variables.BOUND -> request.bound() == null ? "" : request.bound().toString();
            case Variables.REQUESTED_ID -> requestedId();
            case Variables.REQUESTED_PROFILE -> orEmpty(request.requested().profile());
            case Variables.REQUESTED_SUBJECT -> subject(EncodedName::text);
            case Variables.REQUESTED_COMMON_NAME -> subject(EncodedName::commonName);
            case Variables.NAME -> name;
            default -> null;
        };
    }

    /// For CEL. What is not requested is empty, or 0.
    @Override
    public Optional<Object> find(String variable) {
        AlternativeNames names = request.requested().names();
        return switch (variable) {
            case Variables.ATTRIBUTES -> Optional.of(request.attributes());
            case Variables.LIFETIME -> Optional.of(seconds(request.requested().lifetime()));
            case Variables.DNS_NAMES -> Optional.of(names.dnsNames());
            case Variables.IP_ADDRESSES -> Optional.of(texts(names.ipAddresses()));
            case Variables.EMAIL_ADDRESSES -> Optional.of(names.emailAddresses());
            case Variables.URIS -> Optional.of(names.uris());
            case Variables.OTHER_NAMES -> Optional.of(otherNames(names.otherNames()));
            case Variables.KEY_USAGES -> Optional.of(Values.keyUsages(certificate().keyUsages()));
            case Variables.EXTENDED_KEY_USAGES ->
                    Optional.of(
                            certificate().extendedKeyUsages().stream()
                                    .map(Values::extendedKeyUsage)
                                    .toList());
            case Variables.REQUESTED_AUTHORITY -> Optional.of(certificate().certificateAuthority());
            default -> Optional.ofNullable(text(variable));
        };
    }

    private RequestedAttributes certificate() {
        RequestedAttributes requested = request.requested().certificate();
        return requested == null ? RequestedAttributes.NOTHING : requested;
    }

    private String subject(Function<EncodedName, String> part) {
        EncodedName subject = certificate().subject();
        return subject == null ? "" : part.apply(subject);
    }

    /// As conditions see them.
    static List<String> otherNames(List<OtherName> names) {
        return names.stream().map(name -> name.typeId() + ":" + name.value()).toList();
    }

    static List<String> texts(List<InetAddress> addresses) {
        return addresses.stream().map(RequestInput::withoutZone).toList();
    }

    private static String withoutZone(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    private String requestedId() {
        SpiffeId id = request.requested().spiffeId();
        return id == null ? "" : id.toString();
    }

    private static Long seconds(@Nullable Duration lifetime) {
        return lifetime == null ? 0L : lifetime.toSeconds();
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
