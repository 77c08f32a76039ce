package dev.signet.ca.certificate;

import static dev.signet.ca.certificate.DerFormatException.require;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/// A distinguished name that somebody else encoded, kept octet for octet. An instance that exists
/// is DER, has at most 16 attributes, each a printable text within its type's upper bound (RFC 5280
/// appendix A.1) and none there twice. Immutable; compared by its octets.
///
/// @rfc 5280 4.1.2.4
/// @rfc 4514 2
public final class EncodedName implements DistinguishedName {

    public static final int MAX_LENGTH = 2048;

    private static final int MAX_ATTRIBUTES = 16;
    private static final int MAX_TEXT = 2048;
    private static final int UTF8_STRING = 0x0c;
    private static final int PRINTABLE_STRING = 0x13;
    private static final int IA5_STRING = 0x16;
    private static final Pattern PRINTABLE = Pattern.compile("[A-Za-z0-9 '()+,./:=?-]+");
    private static final Pattern IA5 = Pattern.compile("\\p{ASCII}+");

    private static final String COMMON_NAME = "CN";
    private static final String COUNTRY = "C";
    private static final String EMAIL_ADDRESS = "emailAddress";

    /// @param keyword as RFC 4514 writes it
    /// @param maxLength in characters
    private record Type(String keyword, int maxLength) {}

    private static final Map<String, Type> TYPES =
            Map.ofEntries(
                    Map.entry("2.5.4.3", new Type(COMMON_NAME, 64)),
                    Map.entry("2.5.4.4", new Type("SN", 64)),
                    Map.entry("2.5.4.5", new Type("serialNumber", 64)),
                    Map.entry("2.5.4.6", new Type(COUNTRY, 2)),
                    Map.entry("2.5.4.7", new Type("L", 128)),
                    Map.entry("2.5.4.8", new Type("ST", 128)),
                    Map.entry("2.5.4.9", new Type("STREET", 128)),
                    Map.entry("2.5.4.10", new Type("O", 64)),
                    Map.entry("2.5.4.11", new Type("OU", 64)),
                    Map.entry("2.5.4.12", new Type("title", 64)),
                    Map.entry("2.5.4.17", new Type("postalCode", 40)),
                    Map.entry("2.5.4.42", new Type("givenName", 64)),
                    Map.entry("0.9.2342.19200300.100.1.1", new Type("UID", 256)),
                    Map.entry("0.9.2342.19200300.100.1.25", new Type("DC", 63)),
                    Map.entry("1.2.840.113549.1.9.1", new Type(EMAIL_ADDRESS, 255)));

    private static final int MAX_UNKNOWN = 256;

    private final byte[] der;
    private final String text;
    private final String commonName;
    private final List<String> emailAddresses;

    private EncodedName(byte[] der, String text, String commonName, List<String> emailAddresses) {
        this.der = der;
        this.text = text;
        this.commonName = commonName;
        this.emailAddresses = List.copyOf(emailAddresses);
    }

    /// @param der is copied
    /// @throws IllegalArgumentException when it is not such a name; the message says why and
    ///   repeats nothing of it
    public static EncodedName of(byte[] der) {
        if (der.length > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "Name has " + der.length + " octets (expected: at most " + MAX_LENGTH + ")");
        }
        try {
            return new Reader().read(der.clone());
        } catch (DerFormatException e) {
            throw new IllegalArgumentException("not a DER Name: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean isEmpty() {
        return text.isEmpty();
    }

    @Override
    public byte[] der() {
        return der;
    }

    /// Types that RFC 4514 has no word for, and none of ours is known, as dotted decimal with the
    /// DER of the value in hexadecimal.
    @Override
    public String text() {
        return text;
    }

    /// The common name; of several all, joined by commas; empty where there is none.
    public String commonName() {
        return commonName;
    }

    /// Values of its `emailAddress` attributes, as they are written.
    ///
    /// @rfc 5280 4.1.2.6
    public List<String> emailAddresses() {
        return emailAddresses;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EncodedName name && Arrays.equals(der, name.der);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(der);
    }

    @Override
    public String toString() {
        return text;
    }

    /// Reads one name. Used once.
    private static final class Reader {

        private final List<String> relative = new ArrayList<>();
        private final StringJoiner commonNames = new StringJoiner(",");
        private final List<String> emailAddresses = new ArrayList<>();
        private final Set<ByteBuffer> seen = new HashSet<>();

        EncodedName read(byte[] der) {
            DerCursor outer = new DerCursor(der);
            DerCursor name = outer.next(DerCursor.SEQUENCE);
            outer.end();
            while (name.hasMore()) {
                relative.add(relative(name.next(DerCursor.SET)));
            }
            String text = String.join(",", relative.reversed());
            require(
                    text.length() <= MAX_TEXT,
                    "its text is longer than " + MAX_TEXT + " characters");
            return new EncodedName(der, text, commonNames.toString(), emailAddresses);
        }

        private String relative(DerCursor set) {
            StringJoiner attributes = new StringJoiner("+");
            byte[] last = {};
            do {
                byte[] pair = set.nextEncoded(DerCursor.SEQUENCE);
                require(
                        Arrays.compareUnsigned(last, pair) < 0,
                        "attributes of one RDN are not in the order of DER");
                last = pair;
                require(seen.add(ByteBuffer.wrap(pair)), "an attribute appears twice");
                require(seen.size() <= MAX_ATTRIBUTES, "more than 16 attributes");
                attributes.add(attribute(new DerCursor(pair).next(DerCursor.SEQUENCE)));
            } while (set.hasMore());
            return attributes.toString();
        }

        private String attribute(DerCursor pair) {
            String oid = ObjectIdentifiers.decode(pair.next(DerCursor.OBJECT_IDENTIFIER));
            int tag = pair.peekTag();
            byte[] encoded = pair.nextEncoded(tag);
            pair.end();
            String value = text(tag, new DerCursor(encoded).next(tag).content());
            Type type = TYPES.get(oid);
            int most = type == null ? MAX_UNKNOWN : type.maxLength();
            require(
                    value.codePointCount(0, value.length()) <= most,
                    (type == null ? oid : type.keyword())
                            + " has more than "
                            + most
                            + " characters");
            if (type == null) {
                return oid + "=#" + HexFormat.of().formatHex(encoded);
            }
            if (type.keyword().equals(COUNTRY)) {
                require(
                        tag == PRINTABLE_STRING && value.matches("[A-Za-z]{2}"),
                        "C is not two letters in a PrintableString");
            }
            if (type.keyword().equals(COMMON_NAME)) {
                commonNames.add(value);
            }
            if (type.keyword().equals(EMAIL_ADDRESS)) {
                emailAddresses.add(value);
            }
            return type.keyword() + "=" + NameSyntax.escaped(value);
        }

        /// Strings whose characters mean one thing to every reader.
        private static String text(int tag, byte[] content) {
            String text =
                    switch (tag) {
                        case UTF8_STRING -> decoded(content, StandardCharsets.UTF_8);
                        case PRINTABLE_STRING -> decoded(content, StandardCharsets.US_ASCII);
                        case IA5_STRING -> decoded(content, StandardCharsets.US_ASCII);
                        default ->
                                throw new DerFormatException(
                                        "a value is not a UTF8String, PrintableString or"
                                                + " IA5String");
                    };
            require(!text.isEmpty(), "a value is empty");
            require(NameSyntax.isPrintable(text), "a value has a character to refuse");
            require(
                    tag != PRINTABLE_STRING || PRINTABLE.matcher(text).matches(),
                    "a PrintableString has another character");
            require(tag != IA5_STRING || IA5.matcher(text).matches(), "an IA5String is not ASCII");
            return text;
        }

        private static String decoded(byte[] content, Charset charset) {
            try {
                return charset.newDecoder().decode(ByteBuffer.wrap(content)).toString();
            } catch (CharacterCodingException _) {
                throw new DerFormatException("a value is not in its encoding");
            }
        }
    }
}
