package dev.signet.cli.output;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.SerializableString;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// JSON that is read and written here. Written: indented by two spaces, keys in their order, each
/// character that a terminal would obey escaped. Stateless.
///
/// @rfc 8259 7
public final class Json {

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .characterEscapes(new Harmless())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();
    private static final DefaultIndenter TWO_SPACES = new DefaultIndenter("  ", "\n");
    private static final ObjectWriter INDENTED =
            MAPPER.writer()
                    .with(
                            new DefaultPrettyPrinter(
                                            Separators.createDefaultInstance()
                                                    .withObjectNameValueSpacing(
                                                            Separators.Spacing.AFTER)
                                                    .withObjectEmptySeparator("")
                                                    .withArrayEmptySeparator(""))
                                    .withObjectIndenter(TWO_SPACES)
                                    .withArrayIndenter(TWO_SPACES));

    private Json() {}

    /// @param value maps, lists, texts, numbers, truths, instants, trees
    public static String write(@Nullable Object value) {
        return INDENTED.writeValueAsString(value);
    }

    /// On one line.
    public static String writeLine(@Nullable Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /// Reads one document.
    ///
    /// @throws IllegalArgumentException when it is none; the message quotes nothing of it
    public static JsonNode read(byte[] octets) {
        try {
            return MAPPER.readTree(octets);
        } catch (JacksonException e) {
            throw unreadable(e);
        }
    }

    /// Reads one document.
    ///
    /// @throws IllegalArgumentException when it is none; the message quotes nothing of it
    public static JsonNode read(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw unreadable(e);
        }
    }

    private static IllegalArgumentException unreadable(JacksonException failure) {
        return new IllegalArgumentException("no JSON: " + failure.getOriginalMessage(), failure);
    }

    /// Escapes what [Style#printable] replaces, and what JSON itself demands.
    private static final class Harmless extends CharacterEscapes {

        private static final long serialVersionUID = 1L;
        private static final int DELETE = 0x7f;

        private final int[] ascii = standardAsciiEscapesForJSON();

        Harmless() {
            ascii[DELETE] = ESCAPE_STANDARD;
        }

        @Override
        public int[] getEscapeCodesForAscii() {
            return ascii.clone();
        }

        @Override
        public @Nullable SerializableString getEscapeSequence(int character) {
            boolean half =
                    character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
            return half || !Style.obeyed(character)
                    ? null
                    : new SerializedString("\\u%04X".formatted(character));
        }
    }
}
