package dev.signet.ca.egress;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads a JSON object so that no two readers can disagree on what it says: a name that occurs
/// twice, broken UTF-8, anything after the object, deep nesting or many values make it unreadable.
///
/// @rfc 8259
public final class StrictJson {

    private static final int MAX_DEPTH = 8;
    private static final int MAX_VALUES = 1_000;
    private static final int MAX_NUMBER_LENGTH = 100;

    /// As strict as the RFC by itself. Names are not kept from one document to the next: strangers
    /// choose them.
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
                    .recyclerPool(JsonRecyclerPools.threadLocalPool())
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_DEPTH + 1)
                                    .maxNumberLength(MAX_NUMBER_LENGTH)
                                    .build())
                    .build();

    private final JsonParser parser;
    private int values;

    private StrictJson(JsonParser parser) {
        this.parser = parser;
    }

    /// Objects are maps, arrays lists, texts strings, numbers [Figure]s as written, null [#NULL].
    ///
    /// @return empty when the octets are not one such object
    public static Optional<Map<String, Object>> object(byte[] utf8) {
        String text;
        try {
            // Strictly: the parser's own decoder lets overlong forms and halves of pairs pass.
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            Map<String, Object> object = new StrictJson(parser).readObject(1);
            return parser.nextToken() == null ? Optional.of(object) : Optional.empty();
        } catch (JacksonException | Unreadable _) {
            return Optional.empty();
        }
    }

    /// Stands for null.
    public static final Object NULL =
            new Object() {
                @Override
                public String toString() {
                    return "null";
                }
            };

    /// A number as it is written; nobody needs more than to compare it or to take it for a time.
    public record Figure(String literal) {}

    private Map<String, Object> readObject(int depth) throws Unreadable {
        Map<String, Object> object = new LinkedHashMap<>();
        String name;
        while ((name = parser.nextName()) != null) {
            @Nullable Object before = object.put(name, readValue(parser.nextToken(), depth + 1));
            if (before != null) {
                throw new Unreadable();
            }
        }
        if (parser.currentToken() != JsonToken.END_OBJECT) {
            throw new Unreadable();
        }
        return object;
    }

    private Object readValue(@Nullable JsonToken token, int depth) throws Unreadable {
        values++;
        if (token == null || depth > MAX_DEPTH || values > MAX_VALUES) {
            throw new Unreadable();
        }
        return switch (token) {
            case START_OBJECT -> readObject(depth);
            case START_ARRAY -> readArray(depth);
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Figure(parser.getString());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> NULL;
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                    throw new Unreadable();
        };
    }

    private List<Object> readArray(int depth) throws Unreadable {
        List<Object> array = new ArrayList<>();
        JsonToken token;
        while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
            array.add(readValue(token, depth + 1));
        }
        return array;
    }

    /// Ends the reading; without a stack, as strangers cause it.
    private static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable() {
            super(null, null, false, false);
        }
    }
}
