package dev.signet.ca.policy;

import dev.signet.ca.identity.TrustDomain;

import java.net.InetAddress;
import java.util.List;

/// One of the names that a rule allows beside the SPIFFE ID, or many. Judges one name at a time and
/// knows of no other (R3). Immutable.
sealed interface NameGrant {

    /// As it is written.
    String text();

    boolean permits(String name, RequestInput input, TrustDomain trustDomain);

    /// Whether it is asked about DNS names that begin with `*.`, too.
    default boolean permitsWildcards() {
        return false;
    }

    /// That one name.
    record Exact(String text) implements NameGrant {
        @Override
        public boolean permitsWildcards() {
            return true;
        }

        @Override
        public boolean permits(String name, RequestInput input, TrustDomain trustDomain) {
            return name.equals(text);
        }
    }

    /// Each name of which the condition is true.
    ///
    /// @param permitsWildcards said by its author, for a condition such as `endsWith` means more
    ///   than it shows where a name may stand for many
    record When(String text, Condition condition, boolean permitsWildcards) implements NameGrant {
        @Override
        public boolean permits(String name, RequestInput input, TrustDomain trustDomain) {
            return condition.test(input.withName(name)) == Truth.TRUE;
        }
    }

    /// @param labels from the left, after the star
    /// @param star how many labels may stand in front
    record Dns(String text, Star star, List<Template> labels) implements NameGrant {

        enum Star {
            NONE,
            ONE_LABEL,
            SOME_LABELS
        }

        public Dns {
            labels = List.copyOf(labels);
        }

        @Override
        public boolean permits(String name, RequestInput input, TrustDomain trustDomain) {
            int end = name.length();
            for (int i = labels.size() - 1; i >= 0; i--) {
                if (end < 0) {
                    return false;
                }
                int dot = name.lastIndexOf('.', end - 1);
                if (!is(labels.get(i), name.substring(dot + 1, end), input, trustDomain)) {
                    return false;
                }
                end = dot;
            }
            // What is left, up to end, is what the star stands for.
            return switch (star) {
                case NONE -> end < 0;
                case ONE_LABEL -> end > 0 && name.lastIndexOf('.', end - 1) < 0;
                case SOME_LABELS -> end > 0;
            };
        }

        private static boolean is(
                Template label, String actual, RequestInput input, TrustDomain trustDomain) {
            return label.render(input, trustDomain, Dns::isOfLabel)
                            instanceof Template.Rendered.Text(String expected)
                    && expected.equals(actual);
        }

        /// Never a dot: a value fills a label or a part of one.
        static boolean isOfLabel(int c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        }
    }

    /// Addresses that begin with the same bits.
    record Ip(String text, InetAddress network, int prefixLength) implements NameGrant {
        @Override
        public boolean permits(String name, RequestInput input, TrustDomain trustDomain) {
            byte[] address = InetAddress.ofLiteral(name).getAddress();
            byte[] prefix = network.getAddress();
            if (address.length != prefix.length) {
                return false;
            }
            for (int bit = 0; bit < prefixLength; bit++) {
                int mask = 0x80 >> (bit & 7);
                if ((address[bit >> 3] & mask) != (prefix[bit >> 3] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    /// @param localPart `*` for any
    record Email(String text, Template localPart, boolean anyLocalPart, Dns host)
            implements NameGrant {
        @Override
        public boolean permits(String name, RequestInput input, TrustDomain trustDomain) {
            int at = name.lastIndexOf('@');
            return at > 0
                    && hasLocalPart(name.substring(0, at), input, trustDomain)
                    && host.permits(name.substring(at + 1), input, trustDomain);
        }

        private boolean hasLocalPart(String actual, RequestInput input, TrustDomain trustDomain) {
            if (anyLocalPart) {
                return true;
            }
            return localPart.render(input, trustDomain, IdentityGrant::isOfSegment)
                            instanceof Template.Rendered.Text(String expected)
                    && expected.equals(actual);
        }
    }

    /// That URI, or all that go on after it.
    record Uri(String text, Template beginning, boolean open) implements NameGrant {
        @Override
        public boolean permits(String name, RequestInput input, TrustDomain trustDomain) {
            if (!(beginning.render(input, trustDomain, Uri::isUnreserved)
                    instanceof Template.Rendered.Text(String expected))) {
                return false;
            }
            if (beginning.isLiteral() && !open) {
                return name.equals(expected);
            }
            return !hasDotSegment(name)
                    && (open
                            ? name.startsWith(expected) && isPlainBehind(name, expected.length())
                            : name.equals(expected));
        }

        /// Escapes, queries and backslashes could lead elsewhere once somebody has normalised them.
        private static boolean isPlainBehind(String name, int from) {
            for (int i = from; i < name.length(); i++) {
                if (!isUnreserved(name.charAt(i)) && name.charAt(i) != '/') {
                    return false;
                }
            }
            return name.length() > from;
        }

        private static boolean hasDotSegment(String name) {
            for (String segment : name.split("/", -1)) {
                if (segment.equals(".") || segment.equals("..")) {
                    return true;
                }
            }
            return false;
        }

        static boolean isUnreserved(int c) {
            return IdentityGrant.isOfSegment(c) || c == '~';
        }
    }

    /// Other names of one type, whatever their value is.
    ///
    /// @param text object identifier in dotted decimal; `*` for any
    record Other(String text) implements NameGrant {
        static final String ANY = "*";

        @Override
        public boolean permits(String name, RequestInput input, TrustDomain trustDomain) {
            return text.equals(ANY) || text.equals(name.substring(0, name.indexOf(':')));
        }
    }
}
