package dev.signet.ca.certificate;

/// A subject alternative name of a kind that RFC 5280 does not name itself, whose value is a
/// UTF8String. Immutable; compared by value.
///
/// @param typeId object identifier of the kind, see [ObjectIdentifiers]
/// @param value 1 to 256 printable characters
/// @rfc 5280 4.2.1.6
public record OtherName(String typeId, String value) {

    private static final int MAX_VALUE = 256;

    /// @throws IllegalArgumentException when one is not as said
    public OtherName {
        if (!ObjectIdentifiers.isValid(typeId)) {
            throw new IllegalArgumentException(
                    "type of an other name is not an object identifier in dotted decimal, at most"
                            + " 64 characters");
        }
        int length = value.codePointCount(0, value.length());
        if (length == 0 || length > MAX_VALUE || !NameSyntax.isPrintable(value)) {
            throw new IllegalArgumentException(
                    "value of an other name is not 1 to 256 printable characters");
        }
    }

    /// `oid;UTF8:value`, in which `\5C` stands for a backslash and `\2C` for a comma: no value can
    /// pass for two names in a list with commas.
    public String text() {
        return typeId + ";UTF8:" + value.replace("\\", "\\5C").replace(",", "\\2C");
    }

    /// What [#text()] says.
    ///
    /// @throws IllegalArgumentException when it is of another form
    public static OtherName parse(String text) {
        int end = text.indexOf(";UTF8:");
        if (end < 0) {
            throw new IllegalArgumentException("other name is not oid;UTF8:value");
        }
        String value = text.substring(end + ";UTF8:".length());
        return new OtherName(
                text.substring(0, end), value.replace("\\2C", ",").replace("\\5C", "\\"));
    }
}
