package dev.signet.ca.certificate;

import java.util.List;
import java.util.StringJoiner;

/// A subject's distinguished name that policy made: one attribute to each RDN, the most significant
/// first. An instance that exists is valid. Immutable; compared by value.
///
/// @param attributes at most 16, whose text has at most 2,048 characters; empty: the subject is
///   empty and its SANs are critical
public record SubjectName(List<Attribute> attributes) implements DistinguishedName {

    public static final SubjectName EMPTY = new SubjectName(List.of());

    private static final int MAX_ATTRIBUTES = 16;
    private static final int MAX_TEXT = 2048;

    /// Kinds of attribute and their upper bounds (RFC 5280 appendix A.1), in characters.
    public enum Type {
        COUNTRY("C", 2),
        STATE("ST", 128),
        LOCALITY("L", 128),
        ORGANIZATION("O", 64),
        ORGANIZATIONAL_UNIT("OU", 64),
        COMMON_NAME("CN", 64);

        private final String keyword;
        private final int maxLength;

        Type(String keyword, int maxLength) {
            this.keyword = keyword;
            this.maxLength = maxLength;
        }

        /// As RFC 4514 writes it.
        public String keyword() {
            return keyword;
        }

        public int maxLength() {
            return maxLength;
        }
    }

    /// @param value printable: no control characters; not empty; within the type's bound
    public record Attribute(Type type, String value) {
        /// @throws IllegalArgumentException when the value is empty, too long or not printable, or
        ///   a country is not two letters
        public Attribute {
            int length = value.codePointCount(0, value.length());
            if (length == 0 || length > type.maxLength()) {
                throw new IllegalArgumentException(
                        type.keyword()
                                + " has "
                                + length
                                + " characters (expected: 1 to "
                                + type.maxLength()
                                + ")");
            }
            if (!NameSyntax.isPrintable(value)) {
                throw new IllegalArgumentException(type.keyword() + " has a character to refuse");
            }
            if (type == Type.COUNTRY && !value.matches("[A-Z]{2}")) {
                throw new IllegalArgumentException("C is not two capital letters (ISO 3166)");
            }
        }
    }

    /// @throws IllegalArgumentException when there are more than 16 attributes, or their text is
    ///   too long
    public SubjectName {
        attributes = List.copyOf(attributes);
        if (attributes.size() > MAX_ATTRIBUTES) {
            throw new IllegalArgumentException(
                    attributes.size() + " attributes (expected: at most " + MAX_ATTRIBUTES + ")");
        }
        int length = text(attributes).length();
        if (length > MAX_TEXT) {
            throw new IllegalArgumentException(
                    "subject has " + length + " characters (expected: at most " + MAX_TEXT + ")");
        }
    }

    @Override
    public boolean isEmpty() {
        return attributes.isEmpty();
    }

    @Override
    public byte[] der() {
        return NameEncoder.name(this);
    }

    @Override
    public String text() {
        return text(attributes);
    }

    private static String text(List<Attribute> attributes) {
        StringJoiner text = new StringJoiner(",");
        for (Attribute attribute : attributes.reversed()) {
            text.add(attribute.type().keyword() + "=" + NameSyntax.escaped(attribute.value()));
        }
        return text.toString();
    }
}
