package dev.signet.ca.certificate;

import dev.signet.ca.identity.Ascii;
import dev.signet.ca.identity.ShownText;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// What a DNS name, an e-mail address and a URI may look like in a certificate.
///
/// @rfc 5280 4.2.1.6
final class NameSyntax {

    private static final int MAX_DNS_NAME = 253;
    private static final int MAX_LOCAL_PART = 64;
    private static final int MAX_URI = 2048;
    private static final int MAX_KIND_AND_COMMA = 7;
    private static final int MAX_OTHER_KIND_AND_COMMA = 11;
    private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
    private static final Pattern DNS_NAME =
            Pattern.compile("(\\*\\.)?" + LABEL + "(\\." + LABEL + ")*");
    private static final Pattern HOST = Pattern.compile(LABEL + "(\\." + LABEL + ")*");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+|0x[0-9a-f]*");
    private static final Pattern LOCAL_PART =
            Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*");
    private static final Pattern URI_CHARACTERS = Pattern.compile("[!-~]+");

    private NameSyntax() {}

    static void require(
            List<String> dnsNames,
            List<InetAddress> ipAddresses,
            List<String> emailAddresses,
            List<String> uris,
            List<OtherName> otherNames) {
        int count = dnsNames.size() + ipAddresses.size() + emailAddresses.size();
        if (count + uris.size() + otherNames.size() > AlternativeNames.MAX_NAMES) {
            throw new IllegalArgumentException(
                    "more than " + AlternativeNames.MAX_NAMES + " names");
        }
        Set<Object> seen = new HashSet<>();
        for (String name : dnsNames) {
            require(
                    isDnsName(name),
                    "DNS name is not dot-separated labels of lower-case letters, digits and inner"
                            + " hyphens, at most 253 characters, the first label perhaps *, the"
                            + " last one not a number (which would be an IP address)");
            require(seen.add(name), "a DNS name appears twice");
        }
        for (InetAddress address : ipAddresses) {
            require(seen.add(address), "an IP address appears twice");
        }
        for (String address : emailAddresses) {
            require(isEmailAddress(address), "e-mail address is not local-part@host in ASCII");
            require(seen.add(address), "an e-mail address appears twice");
        }
        for (String uri : uris) {
            require(isUri(uri), "URI is not an absolute one in ASCII of a scheme but spiffe");
            require(seen.add(uri), "a URI appears twice");
        }
        for (OtherName name : otherNames) {
            require(seen.add(name), "an other name appears twice");
        }
    }

    /// Nothing that is invisible, or that changes how the text around it is shown.
    static boolean isPrintable(String text) {
        return ShownText.isShown(text);
    }

    /// As RFC 4514 2.4 wants a value.
    static String escaped(String value) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean special =
                    ",+\"\\<>;=".indexOf(c) >= 0
                            || (i == 0 && (c == '#' || c == ' '))
                            || (i == value.length() - 1 && c == ' ');
            if (special) {
                text.append('\\');
            }
            text.append(c);
        }
        return text.toString();
    }

    /// Dot-separated labels, the first perhaps `*`, not an IPv4 address in any form.
    static boolean isDnsName(String text) {
        return text.length() <= MAX_DNS_NAME
                && DNS_NAME.matcher(text).matches()
                && !endsInANumber(text);
    }

    /// Dot-separated labels, no wildcard, not an IPv4 address in any form.
    static boolean isHost(String text) {
        return text.length() <= MAX_DNS_NAME
                && HOST.matcher(text).matches()
                && !endsInANumber(text);
    }

    /// `10.0.0.1`, `2130706433`, `0x7f.1`, `127.0x1`: what clients take for an IPv4 address, they
    /// tell by its last label (RFC 3986 7.4, WHATWG URL 3.5).
    private static boolean endsInANumber(String text) {
        return NUMBER.matcher(text.substring(text.lastIndexOf('.') + 1)).matches();
    }

    private static boolean isEmailAddress(String text) {
        int at = text.lastIndexOf('@');
        return at > 0
                && at <= MAX_LOCAL_PART
                && LOCAL_PART.matcher(text.substring(0, at)).matches()
                && isHost(text.substring(at + 1));
    }

    /// Each name adds its kind and a comma, each comma in a URI a backslash.
    @SafeVarargs
    static void requireLength(List<OtherName> otherNames, List<String>... kinds) {
        int length = 0;
        for (OtherName name : otherNames) {
            length += MAX_OTHER_KIND_AND_COMMA + name.text().length();
        }
        for (List<String> names : kinds) {
            for (String name : names) {
                length += MAX_KIND_AND_COMMA + name.length();
                length += Math.toIntExact(name.chars().filter(c -> c == ',').count());
            }
        }
        require(
                length <= AlternativeNames.MAX_TEXT,
                "names are longer than " + AlternativeNames.MAX_TEXT + " characters together");
    }

    private static boolean isUri(String text) {
        if (text.length() > MAX_URI || !URI_CHARACTERS.matcher(text).matches()) {
            return false;
        }
        try {
            URI uri = new URI(text);
            return uri.isAbsolute()
                    && !Ascii.equalIgnoringCase(uri.getScheme(), "spiffe")
                    && (uri.getRawAuthority() == null || uri.getHost() != null);
        } catch (URISyntaxException _) {
            return false;
        }
    }

    private static void require(boolean holds, String objection) {
        if (!holds) {
            throw new IllegalArgumentException(objection);
        }
    }
}
