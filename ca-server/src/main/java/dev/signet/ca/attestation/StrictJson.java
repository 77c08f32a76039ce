package dev.signet.ca.attestation;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.StringReader;
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
final class StrictJson {

    private static final int MAX_DEPTH = 8;
    private static final int MAX_VALUES = 1_000;

    private final JsonReader reader;
    private int values;

    private StrictJson(JsonReader reader) {
        this.reader = reader;
    }

    /// Objects are maps, arrays lists, texts strings, numbers [Figure]s as written, null [#NULL].
    ///
    /// @return empty when the octets are not one such object
    static Optional<Map<String, Object>> object(byte[] utf8) {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
            try (JsonReader reader = new JsonReader(new StringReader(text))) {
                reader.setStrictness(Strictness.STRICT);
                Map<String, Object> object = new StrictJson(reader).readObject(1);
                return reader.peek() == JsonToken.END_DOCUMENT
                        ? Optional.of(object)
                        : Optional.empty();
            }
        } catch (CharacterCodingException _) {
            return Optional.empty();
        } catch (IOException | IllegalStateException | NumberFormatException _) {
            return Optional.empty();
        }
    }

    /// Stands for null.
    static final Object NULL =
            new Object() {
                @Override
                public String toString() {
                    return "null";
                }
            };

    /// A number as it is written; nobody needs more than to compare it or to take it for a time.
    record Figure(String literal) {}

    private Map<String, Object> readObject(int depth) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        reader.beginObject();
        while (reader.hasNext()) {
            String name = reader.nextName();
            @Nullable Object before = object.put(name, readValue(depth + 1));
            if (before != null) {
                throw new IOException("a name occurs twice");
            }
        }
        reader.endObject();
        return object;
    }

    private Object readValue(int depth) throws IOException {
        values++;
        if (depth > MAX_DEPTH || values > MAX_VALUES) {
            throw new IOException("too deep or too many values");
        }
        return switch (reader.peek()) {
            case BEGIN_OBJECT -> readObject(depth);
            case BEGIN_ARRAY -> readArray(depth);
            case STRING -> reader.nextString();
            case NUMBER -> new Figure(reader.nextString());
            case BOOLEAN -> reader.nextBoolean();
            case NULL -> {
                reader.nextNull();
                yield NULL;
            }
            case END_ARRAY, END_OBJECT, NAME, END_DOCUMENT ->
                    throw new IOException("no value where one must be");
        };
    }

    private List<Object> readArray(int depth) throws IOException {
        List<Object> array = new ArrayList<>();
        reader.beginArray();
        while (reader.hasNext()) {
            array.add(readValue(depth + 1));
        }
        reader.endArray();
        return array;
    }
}
