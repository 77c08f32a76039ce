package dev.signet.ca.rest;

import com.fasterxml.jackson.annotation.JsonInclude;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// JSON of the API: strict in what it takes (no unknown name, no name twice, no text for a number,
/// bounded depth and lengths), times as RFC 3339 in UTC, durations as seconds: `"3600s"`.
final class RestJson {

    private static final Pattern SECONDS = Pattern.compile("([0-9]{1,10})s");
    private static final int MAX_DEPTH = 16;
    private static final int MAX_TOKENS = 20_000;
    private static final int MAX_NUMBER = 20;
    private static final int MAX_NAME = 256;

    private RestJson() {}

    static JsonMapper mapper() {
        SimpleModule forms = new SimpleModule("signet");
        forms.addSerializer(Duration.class, new DurationWriter());
        forms.addDeserializer(Duration.class, new DurationReader());
        forms.addDeserializer(Instant.class, new InstantReader());
        JsonFactory factory =
                JsonFactory.builder()
                        .streamReadConstraints(
                                StreamReadConstraints.builder()
                                        .maxNestingDepth(MAX_DEPTH)
                                        .maxDocumentLength(RestServer.MAX_BODY_OCTETS)
                                        .maxTokenCount(MAX_TOKENS)
                                        .maxNumberLength(MAX_NUMBER)
                                        .maxStringLength(RestServer.MAX_BODY_OCTETS)
                                        .maxNameLength(MAX_NAME)
                                        .build())
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build();
        return JsonMapper.builder(factory)
                .addModule(forms)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .changeDefaultPropertyInclusion(
                        inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
                .withCoercionConfig(
                        LogicalType.Textual,
                        text -> {
                            text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                            text.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                            text.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                        })
                .withCoercionConfig(
                        LogicalType.Enum,
                        name -> name.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail))
                .build();
    }

    /// `"3600s"`: whole seconds.
    static Optional<Duration> duration(String text) {
        Matcher matcher = SECONDS.matcher(text);
        return matcher.matches()
                ? Optional.of(Duration.ofSeconds(Long.parseLong(matcher.group(1))))
                : Optional.empty();
    }

    /// RFC 3339 in UTC, of years that PostgreSQL and the records know.
    static Optional<Instant> instant(String text) {
        try {
            if (text.length() > 40 || !text.endsWith("Z")) {
                return Optional.empty();
            }
            Instant instant = Instant.parse(text);
            return instant.isBefore(Instant.EPOCH)
                            || !instant.isBefore(Instant.parse("9999-01-01T00:00:00Z"))
                    ? Optional.empty()
                    : Optional.of(instant);
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    private static final class DurationWriter extends ValueSerializer<Duration> {
        @Override
        public void serialize(Duration value, JsonGenerator to, SerializationContext context) {
            to.writeString(value.toSeconds() + "s");
        }
    }

    private static final class DurationReader extends ValueDeserializer<Duration> {
        @Override
        public Duration deserialize(JsonParser from, DeserializationContext context) {
            String text = from.getValueAsString();
            return duration(text == null ? "" : text)
                    .orElseThrow(() ->
                            context.weirdStringException(
                                    "", Duration.class, "not seconds such as 3600s"));
        }
    }

    private static final class InstantReader extends ValueDeserializer<Instant> {
        @Override
        public Instant deserialize(JsonParser from, DeserializationContext context) {
            String text = from.getValueAsString();
            return instant(text == null ? "" : text)
                    .orElseThrow(() ->
                            context.weirdStringException(
                                    "", Instant.class, "not a time of RFC 3339 in UTC"));
        }
    }
}
