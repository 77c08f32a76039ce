package dev.signet.ca.certificate;

import java.net.InetAddress;
import java.util.List;
import java.util.StringJoiner;

/// Subject alternative names beside the SPIFFE ID (RFC 5280 4.2.1.6). An instance that exists is
/// valid: each name has the syntax of its kind, none appears twice, there are at most 100, and
/// their text has at most 32,768 characters. Immutable; compared by value, in order.
///
/// @param dnsNames lower case, labels of letters, digits and inner hyphens (RFC 1123 2.1), the
///   first may be `*`, the last is no number (it would be an IPv4 address); at most 253 characters
/// @param ipAddresses IPv4 or IPv6
/// @param emailAddresses `local@host`, ASCII (RFC 5280 4.2.1.6, RFC 5321 4.1.2 without quotes)
/// @param uris absolute URIs of a scheme other than `spiffe`, ASCII, at most 2048 characters; with
///   a host where they have an authority (RFC 5280 4.2.1.6). SPIFFE X509-SVID wants one URI SAN
///   only: its verifiers refuse a certificate with others
/// @param otherNames of kinds that have no field of their own
public record AlternativeNames(
        List<String> dnsNames,
        List<InetAddress> ipAddresses,
        List<String> emailAddresses,
        List<String> uris,
        List<OtherName> otherNames) {

    public static final AlternativeNames NONE =
            new AlternativeNames(List.of(), List.of(), List.of(), List.of());

    public static final int MAX_NAMES = 100;

    static final int MAX_TEXT = 32_768;

    /// @throws IllegalArgumentException when a name is not one, appears twice, or there are more
    ///   than 100 or too long ones
    public AlternativeNames {
        dnsNames = List.copyOf(dnsNames);
        ipAddresses = List.copyOf(ipAddresses);
        emailAddresses = List.copyOf(emailAddresses);
        uris = List.copyOf(uris);
        otherNames = List.copyOf(otherNames);
        NameSyntax.require(dnsNames, ipAddresses, emailAddresses, uris, otherNames);
        NameSyntax.requireLength(otherNames, emailAddresses, uris, dnsNames);
    }

    /// Names without other names.
    ///
    /// @throws IllegalArgumentException as the canonical constructor
    public AlternativeNames(
            List<String> dnsNames,
            List<InetAddress> ipAddresses,
            List<String> emailAddresses,
            List<String> uris) {
        this(dnsNames, ipAddresses, emailAddresses, uris, List.of());
    }

    /// Whether it may be one of the DNS names: also not an IPv4 address in disguise.
    public static boolean isDnsName(String text) {
        return NameSyntax.isDnsName(text);
    }

    public boolean isEmpty() {
        return dnsNames.isEmpty()
                && ipAddresses.isEmpty()
                && emailAddresses.isEmpty()
                && uris.isEmpty()
                && otherNames.isEmpty();
    }

    /// `DNS:name`, `IP:address`, `email:address`, `URI:uri`, `otherName:` and [OtherName#text()],
    /// comma-separated; a comma in a URI has a backslash before it, and no other comma has. Empty
    /// for none.
    public String text() {
        StringJoiner names = new StringJoiner(",");
        dnsNames.forEach(name -> names.add("DNS:" + name));
        ipAddresses.forEach(address -> names.add("IP:" + address.getHostAddress()));
        emailAddresses.forEach(address -> names.add("email:" + address));
        uris.forEach(uri -> names.add("URI:" + uri.replace(",", "\\,")));
        otherNames.forEach(name -> names.add("otherName:" + name.text()));
        return names.toString();
    }
}
