package dev.signet.ca.rest;

import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// Holds what came in against its [Field]s: what is not `@Nullable` is there, and everything is
/// within its bounds. Thread-safe.
final class Checks {

    private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

    private Checks() {}

    /// @throws RefusedException INVALID_ARGUMENT that names the first field at fault
    static void check(Record value) {
        check(value, "");
    }

    private static void check(Record value, String prefix) {
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            Object part = part(value, component);
            String name = prefix + component.getName();
            if (part == null) {
                if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                    throw RefusedException.field(name, "it is missing (expected: a value).");
                }
                continue;
            }
            Field field = component.getAnnotation(Field.class);
            if (field != null) {
                check(name, field, part);
            }
            if (part instanceof Record inner) {
                check(inner, name + ".");
            }
            if (part instanceof Collection<?> items) {
                for (Object item : items) {
                    if (item == null) {
                        throw RefusedException.field(name, "it holds null (expected: values).");
                    }
                    text(name, item);
                }
            }
            if (part instanceof Map<?, ?> entries) {
                entries.forEach((key, entry) -> {
                    text(name, key);
                    if (entry == null) {
                        throw RefusedException.field(name, "it holds null (expected: values).");
                    }
                    text(name, entry);
                });
            }
        }
    }

    /// @throws RefusedException INVALID_ARGUMENT that names the field
    static void check(String name, Field field, Object value) {
        long size =
                switch (value) {
                    case Number number -> number.longValue();
                    case String text -> text.codePointCount(0, text.length());
                    case Collection<?> items -> items.size();
                    case Map<?, ?> entries -> entries.size();
                    default -> field.least();
                };
        if (size < field.least() || size > field.most()) {
            String what =
                    switch (value) {
                        case String _ -> "it has " + size + " characters";
                        case Collection<?> _, Map<?, ?> _ -> "it has " + size + " entries";
                        default -> "it is " + size;
                    };
            throw RefusedException.field(
                    name,
                    what
                            + " (expected: "
                            + field.least()
                            + (field.most() == Long.MAX_VALUE ? " or more" : " to " + field.most())
                            + ").");
        }
        if (value instanceof String text) {
            text(name, text);
            if (!field.pattern().isEmpty()
                    && !PATTERNS.computeIfAbsent(field.pattern(), Pattern::compile)
                            .matcher(text)
                            .matches()) {
                throw RefusedException.field(
                        name, "it is not of its form (expected: " + field.pattern() + ").");
            }
        }
    }

    private static void text(String name, Object value) {
        if (value instanceof String text && !isText(text)) {
            throw RefusedException.of(
                    RefusalCode.INVALID_ARGUMENT,
                    name + ": it holds NUL or half a character (expected: Unicode text).");
        }
    }

    /// Neither NUL nor half a code point, which PostgreSQL does not keep.
    static boolean isText(String text) {
        return text.codePoints()
                .noneMatch(c ->
                        c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
    }

    private static @Nullable Object part(Record value, RecordComponent component) {
        try {
            return component.getAccessor().invoke(value);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("record " + value.getClass().getName(), e);
        }
    }
}
