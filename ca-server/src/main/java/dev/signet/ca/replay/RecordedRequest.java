package dev.signet.ca.replay;

import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.ExtendedKeyUsage;
import dev.signet.ca.certificate.OtherName;
import dev.signet.ca.certificate.WrittenContent;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.ledger.CertificateRecords.CertificateRecord;
import dev.signet.ca.policy.Decision;
import dev.signet.ca.policy.PolicyRequest;
import dev.signet.ca.policy.RequestedAttributes;
import dev.signet.ca.policy.RequestedCertificate;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a row says of the request that it came from. Immutable.
///
/// @param lifetime of the certificate; shorter than the granted one where the issuer ended sooner
/// @param content what the certificate says beside its names; null unless a registration authority
///   asked for it, which alone may request it
record RecordedRequest(
        EvidenceKind kind,
        String subject,
        Map<String, String> attributes,
        SpiffeId spiffeId,
        AlternativeNames names,
        Duration lifetime,
        String profile,
        String rule,
        @Nullable WrittenContent content) {

    private static final Map<String, EvidenceKind> KINDS = kinds();

    private static final ObjectReader ATTRIBUTES =
            JsonMapper.shared().readerFor(new TypeReference<Map<String, String>>() {});

    /// A comma inside of a URI has a backslash before it, and no name ends with one.
    private static final Pattern NEXT_NAME = Pattern.compile("(?<!\\\\),");

    /// @return empty when a column has a form that no issuance of this version writes
    static Optional<RecordedRequest> of(CertificateRecord row) {
        EvidenceKind kind = KINDS.get(row.evidenceKind());
        Optional<SpiffeId> id = SpiffeId.parse(row.spiffeId());
        if (kind == null || id.isEmpty()) {
            return Optional.empty();
        }
        try {
            Map<String, String> attributes = ATTRIBUTES.readValue(row.attributes());
            return Optional.of(
                    new RecordedRequest(
                            kind,
                            row.evidenceSubject(),
                            attributes,
                            id.get(),
                            names(row.names()),
                            row.validity().lifetime(),
                            row.profile(),
                            row.policyRule(),
                            kind == EvidenceKind.REGISTRATION_AUTHORITY
                                    ? WrittenContent.read(row.der()).orElse(null)
                                    : null));
        } catch (JacksonException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// The request again.
    ///
    /// @param requestsId whether the recorded ID was requested, and so on
    PolicyRequest requesting(
            boolean requestsId,
            boolean requestsProfile,
            boolean requestsContent,
            boolean requestsLifetime) {
        return new PolicyRequest(
                kind,
                subject,
                attributes,
                bound(),
                new RequestedCertificate(
                        requestsId ? spiffeId : null,
                        requestsLifetime ? lifetime : null,
                        // Names of the server's own certificate come from its settings.
                        kind == EvidenceKind.SERVER ? AlternativeNames.NONE : names,
                        requestsProfile ? profile : null,
                        requestsContent ? certificate() : null));
    }

    private @Nullable RequestedAttributes certificate() {
        return content == null
                ? null
                : new RequestedAttributes(
                        content.subject(),
                        content.keyUsages(),
                        content.extendedKeyUsages(),
                        content.authority());
    }

    /// Whether the certificate says just that beside its names; what is not read back is believed.
    boolean says(Decision.Granted granted) {
        return content == null
                || (Arrays.equals(content.subject().der(), granted.subject().der())
                        && content.keyUsages().equals(granted.keyUsages())
                        && content.extendedKeyUsages()
                                .equals(
                                        granted.extendedKeyUsages().stream()
                                                .map(ExtendedKeyUsage::oid)
                                                .toList()));
    }

    private @Nullable SpiffeIdPattern bound() {
        return switch (kind) {
            case JOIN_TOKEN, CURRENT_CERTIFICATE ->
                    SpiffeIdPattern.parse(spiffeId.toString()).orElseThrow();
            case KUBERNETES, OIDC, REGISTRATION_AUTHORITY, SERVER -> null;
        };
    }

    private static AlternativeNames names(String text) {
        if (text.isEmpty()) {
            return AlternativeNames.NONE;
        }
        List<String> dns = new ArrayList<>();
        List<InetAddress> ip = new ArrayList<>();
        List<String> email = new ArrayList<>();
        List<String> uri = new ArrayList<>();
        List<OtherName> other = new ArrayList<>();
        for (String name : NEXT_NAME.split(text, -1)) {
            String value = name.substring(name.indexOf(':') + 1);
            switch (name.substring(0, name.length() - value.length())) {
                case "DNS:" -> dns.add(value);
                case "IP:" -> ip.add(InetAddress.ofLiteral(value));
                case "email:" -> email.add(value);
                case "URI:" -> uri.add(value.replace("\\,", ","));
                case "otherName:" -> other.add(OtherName.parse(value));
                default -> throw new IllegalArgumentException("a name of no known kind");
            }
        }
        return new AlternativeNames(dns, ip, email, uri, other);
    }

    private static Map<String, EvidenceKind> kinds() {
        Map<String, EvidenceKind> kinds = new HashMap<>();
        Arrays.stream(EvidenceKind.values()).forEach(kind -> kinds.put(kind.text(), kind));
        return Map.copyOf(kinds);
    }
}
