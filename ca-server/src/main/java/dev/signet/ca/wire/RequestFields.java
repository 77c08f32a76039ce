package dev.signet.ca.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;

import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.EncodedName;
import dev.signet.ca.certificate.KeyUsage;
import dev.signet.ca.certificate.ObjectIdentifiers;
import dev.signet.ca.certificate.OtherName;
import dev.signet.ca.certificate.SigningRequest;
import dev.signet.ca.identity.ShownText;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.policy.RequestedAttributes;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.proto.v1.RequestedNames;

import org.jspecify.annotations.Nullable;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Reads the fields of a request for a certificate. The first one that is not as documented becomes
/// the [#objection]; what is read after it counts for nothing. For one request; not thread-safe.
final class RequestFields {

    private static final int UUID_LENGTH = 36;
    private static final int UUID_VERSION = 7;
    private static final Pattern PROFILE = Pattern.compile("[a-z0-9-]{1,64}");
    // No leading zero: some readers take 010 for 8.
    private static final Pattern IPV4 =
            Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");
    private static final int MAX_TEXT = 1024;
    private static final int MAX_ATTRIBUTES = 64;
    private static final int MAX_ATTRIBUTE_OCTETS = 16 * 1024;
    private static final int MAX_EXTENDED_KEY_USAGES = 16;
    private static final Pattern ATTRIBUTE_KEY = Pattern.compile("[a-z0-9.-]{1,64}");

    private @Nullable Refusal objection;

    /// Null: all that was read is as documented.
    @Nullable Refusal objection() {
        return objection;
    }

    byte[] certificationRequest(ByteString octets) {
        if (octets.size() > SigningRequest.MAX_LENGTH) {
            object(
                    Refusal.of(
                            RefusalCode.CSR_MALFORMED,
                            "certification request has "
                                    + octets.size()
                                    + " octets (expected: at most "
                                    + SigningRequest.MAX_LENGTH
                                    + ")"));
            return new byte[0];
        }
        return octets.toByteArray();
    }

    @Nullable UUID requestId(String text) {
        if (text.isEmpty()) {
            return null;
        }
        Optional<UUID> id = parseRequestId(text);
        if (id.isEmpty()) {
            object(
                    "request_id",
                    "request_id is not a UUID of version 7 in text form (expected: 8-4-4-4-12"
                            + " hexadecimal digits, RFC 9562)");
        }
        return id.orElse(null);
    }

    /// `UUID.fromString` alone takes texts that are no UUIDs, such as `1-1-1-1-1`.
    static Optional<UUID> parseRequestId(String text) {
        if (text.length() != UUID_LENGTH) {
            return Optional.empty();
        }
        try {
            UUID id = UUID.fromString(text);
            return id.version() == UUID_VERSION && id.toString().equalsIgnoreCase(text)
                    ? Optional.of(id)
                    : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    java.time.@Nullable Duration lifetime(boolean given, Duration lifetime) {
        if (!given) {
            return null;
        }
        Optional<java.time.Duration> requested = Protobuf.wholeSeconds(lifetime);
        if (requested.isEmpty()) {
            object("lifetime", "lifetime is not a whole number of seconds from 1 s to 100 years");
        }
        return requested.orElse(null);
    }

    @Nullable SpiffeId spiffeId(String text) {
        if (text.isEmpty()) {
            return null;
        }
        Optional<SpiffeId> id = SpiffeId.parse(text);
        if (id.isEmpty()) {
            object(
                    "spiffe_id",
                    "spiffe_id is not a SPIFFE ID of a workload (expected:"
                            + " spiffe://trust-domain/path)");
        }
        return id.orElse(null);
    }

    @Nullable String profile(String text) {
        if (text.isEmpty()) {
            return null;
        }
        if (!PROFILE.matcher(text).matches()) {
            object("profile", "profile is not the name of one (expected: 1 to 64 of [a-z0-9-])");
        }
        return text;
    }

    /// Names of those who may request no other names.
    AlternativeNames names(RequestedNames names) {
        if (names.getOtherNamesCount() > 0) {
            object(
                    "names.other_names",
                    "names.other_names is for registration authorities only (expected: none)");
            return AlternativeNames.NONE;
        }
        return allNames(names);
    }

    /// Names of those who may.
    AlternativeNames allNames(RequestedNames names) {
        int count =
                names.getDnsNamesCount()
                        + names.getIpAddressesCount()
                        + names.getEmailAddressesCount()
                        + names.getUrisCount()
                        + names.getOtherNamesCount();
        if (count == 0) {
            return AlternativeNames.NONE;
        }
        if (count > AlternativeNames.MAX_NAMES) {
            object(
                    "names",
                    "names has "
                            + count
                            + " names (expected: at most "
                            + AlternativeNames.MAX_NAMES
                            + ")");
            return AlternativeNames.NONE;
        }
        List<InetAddress> addresses = new ArrayList<>();
        for (String text : names.getIpAddressesList()) {
            Optional<InetAddress> address = address(text);
            if (address.isEmpty()) {
                object(
                        "names.ip_addresses",
                        "names.ip_addresses has one that is not an IPv4 or IPv6 address in text"
                                + " form");
                return AlternativeNames.NONE;
            }
            addresses.add(address.get());
        }
        // Kind by kind: a caller with a hundred names wants to know where to look.
        List<String> none = List.of();
        kind(
                "names.dns_names",
                () -> new AlternativeNames(names.getDnsNamesList(), List.of(), none, none));
        kind("names.ip_addresses", () -> new AlternativeNames(none, addresses, none, none));
        kind(
                "names.email_addresses",
                () -> new AlternativeNames(none, List.of(), names.getEmailAddressesList(), none));
        kind("names.uris", () -> new AlternativeNames(none, List.of(), none, names.getUrisList()));
        kind(
                "names.other_names",
                () -> new AlternativeNames(none, List.of(), none, none, otherNames(names)));
        return kind(
                "names",
                () ->
                        new AlternativeNames(
                                names.getDnsNamesList(),
                                addresses,
                                names.getEmailAddressesList(),
                                names.getUrisList(),
                                otherNames(names)));
    }

    private static List<OtherName> otherNames(RequestedNames names) {
        return names.getOtherNamesList().stream()
                .map(name -> new OtherName(name.getTypeId(), name.getUtf8Value()))
                .toList();
    }

    private AlternativeNames kind(String field, Supplier<AlternativeNames> names) {
        try {
            return names.get();
        } catch (IllegalArgumentException e) {
            object(field, field + ": " + e.getMessage());
            return AlternativeNames.NONE;
        }
    }

    /// Never asks a name server: only what looks like an address is handed over, and then only to
    /// the parser of literals.
    private static Optional<InetAddress> address(String text) {
        try {
            if (IPV4.matcher(text).matches()) {
                return Optional.of(Inet4Address.ofLiteral(text));
            }
            // An IPv4 address in IPv6 form would come out as the IPv4 address: two texts, one name.
            return IPV6.matcher(text).matches()
                            && InetAddress.ofLiteral(text) instanceof Inet6Address address
                    ? Optional.of(address)
                    : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// @return null where nothing is requested
    @Nullable RequestedAttributes certificate(
            boolean given, dev.signet.proto.v1.RequestedAttributes certificate) {
        return given
                ? new RequestedAttributes(
                        distinguishedName(certificate.getSubject()),
                        keyUsages(certificate),
                        extendedKeyUsages(certificate.getExtendedKeyUsagesList()),
                        certificate.getCertificateAuthority())
                : null;
    }

    private @Nullable EncodedName distinguishedName(ByteString octets) {
        String field = "certificate.subject";
        if (octets.isEmpty()) {
            return null;
        }
        if (octets.size() > EncodedName.MAX_LENGTH) {
            object(
                    field,
                    field
                            + " has "
                            + octets.size()
                            + " octets (expected: at most "
                            + EncodedName.MAX_LENGTH
                            + ")");
            return null;
        }
        try {
            return EncodedName.of(octets.toByteArray());
        } catch (IllegalArgumentException e) {
            object(field, field + ": " + e.getMessage());
            return null;
        }
    }

    private Set<KeyUsage> keyUsages(dev.signet.proto.v1.RequestedAttributes certificate) {
        String field = "certificate.key_usages";
        Set<KeyUsage> usages = EnumSet.noneOf(KeyUsage.class);
        for (dev.signet.proto.v1.KeyUsage requested : certificate.getKeyUsagesList()) {
            Optional<KeyUsage> usage = keyUsage(requested);
            if (usage.isEmpty()) {
                object(field, field + " has one that does not exist");
                return Set.of();
            }
            if (!usages.add(usage.get())) {
                object(field, field + " has one twice");
                return Set.of();
            }
        }
        return usages;
    }

    private static Optional<KeyUsage> keyUsage(dev.signet.proto.v1.KeyUsage usage) {
        return switch (usage) {
            case KEY_USAGE_DIGITAL_SIGNATURE -> Optional.of(KeyUsage.DIGITAL_SIGNATURE);
            case KEY_USAGE_CONTENT_COMMITMENT -> Optional.of(KeyUsage.CONTENT_COMMITMENT);
            case KEY_USAGE_KEY_ENCIPHERMENT -> Optional.of(KeyUsage.KEY_ENCIPHERMENT);
            case KEY_USAGE_DATA_ENCIPHERMENT -> Optional.of(KeyUsage.DATA_ENCIPHERMENT);
            case KEY_USAGE_KEY_AGREEMENT -> Optional.of(KeyUsage.KEY_AGREEMENT);
            case KEY_USAGE_KEY_CERT_SIGN -> Optional.of(KeyUsage.KEY_CERT_SIGN);
            case KEY_USAGE_CRL_SIGN -> Optional.of(KeyUsage.CRL_SIGN);
            case KEY_USAGE_ENCIPHER_ONLY -> Optional.of(KeyUsage.ENCIPHER_ONLY);
            case KEY_USAGE_DECIPHER_ONLY -> Optional.of(KeyUsage.DECIPHER_ONLY);
            case KEY_USAGE_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
    }

    private List<String> extendedKeyUsages(List<String> requested) {
        String field = "certificate.extended_key_usages";
        if (requested.size() > MAX_EXTENDED_KEY_USAGES
                || Set.copyOf(requested).size() != requested.size()
                || !requested.stream().allMatch(ObjectIdentifiers::isValid)) {
            object(
                    field,
                    field
                            + " is not at most 16 different object identifiers in dotted decimal of"
                            + " at most 64 characters each");
            return List.of();
        }
        return List.copyOf(requested);
    }

    String subject(String text) {
        if (text.isEmpty() || !isFitForRecord(text)) {
            object(
                    "subject",
                    "subject is not 1 to " + MAX_TEXT + " characters without control characters");
        }
        return text;
    }

    Map<String, String> attributes(Map<String, String> attributes) {
        if (attributes.size() > MAX_ATTRIBUTES) {
            object(
                    "attributes",
                    "attributes has "
                            + attributes.size()
                            + " entries (expected: at most "
                            + MAX_ATTRIBUTES
                            + ")");
            return Map.of();
        }
        long octets = 0;
        for (Map.Entry<String, String> entry : attributes.entrySet()) {
            if (!ATTRIBUTE_KEY.matcher(entry.getKey()).matches()
                    || !isFitForRecord(entry.getValue())) {
                object(
                        "attributes",
                        "attributes has an entry whose key is not 1 to 64 of [a-z0-9.-], or whose"
                                + " value is not at most 1024 characters without control"
                                + " characters");
                return Map.of();
            }
            octets += entry.getKey().length() + ByteString.copyFromUtf8(entry.getValue()).size();
        }
        if (octets > MAX_ATTRIBUTE_OCTETS) {
            object("attributes", "attributes has more than 16 KiB in all");
            return Map.of();
        }
        return Map.copyOf(attributes);
    }

    private static boolean isFitForRecord(String text) {
        return text.length() <= MAX_TEXT && ShownText.isShown(text);
    }

    /// For unsigned 64-bit fields, of which this CA gives out the lower half only.
    static Refusal tooGreat(String field) {
        return RefusalStatus.invalidField(
                field, field + " is not a number that this CA ever gave out (expected: < 2^63)");
    }

    private void object(String field, String message) {
        object(RefusalStatus.invalidField(field, message));
    }

    private void object(Refusal refusal) {
        if (objection == null) {
            objection = refusal;
        }
    }
}
