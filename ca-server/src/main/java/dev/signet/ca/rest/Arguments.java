package dev.signet.ca.rest;

import jakarta.servlet.http.HttpServletRequest;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Gives handlers their caller, the headers of a write ([Call]), and the query parameters as one
/// record: each parameter at most once, none that the record does not have. Thread-safe.
final class Arguments implements HandlerMethodArgumentResolver {

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        Class<?> type = parameter.getParameterType();
        return type == AdminCaller.class || type == Call.class || isQuery(parameter);
    }

    /// Of a handler that takes no query there are none; the others check theirs by themselves.
    static void requireKnownParameters(HttpServletRequest request, HandlerMethod handler) {
        for (MethodParameter parameter : handler.getMethodParameters()) {
            Class<?> type = parameter.getParameterType();
            if (isQuery(parameter) && type != AdminCaller.class && type != Call.class) {
                return;
            }
        }
        if (!request.getParameterMap().isEmpty()) {
            String name = request.getParameterMap().keySet().iterator().next();
            throw RefusedException.field(
                    name.length() > 64 ? name.substring(0, 64) : name,
                    "there is no such parameter (expected: none).");
        }
    }

    private static boolean isQuery(MethodParameter parameter) {
        return parameter.getParameterType().isRecord()
                && !parameter.hasParameterAnnotation(RequestBody.class)
                && !parameter.hasParameterAnnotation(PathVariable.class);
    }

    @Override
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest web,
            @Nullable WebDataBinderFactory binders) {
        HttpServletRequest request = web.getNativeRequest(HttpServletRequest.class);
        if (request == null) {
            throw new IllegalStateException("not a servlet request");
        }
        Class<?> type = parameter.getParameterType();
        if (type == AdminCaller.class) {
            return caller();
        }
        return type == Call.class ? Call.of(request, caller()) : query(request, type);
    }

    static AdminCaller caller() {
        if (SecurityContextHolder.getContext().getAuthentication()
                instanceof AdminAuthentication in) {
            return in.caller();
        }
        throw new IllegalStateException("a handler without a caller");
    }

    private static Record query(HttpServletRequest request, Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Map<String, String[]> parameters = request.getParameterMap();
        Set<String> known = new HashSet<>();
        @Nullable Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            String name = components[i].getName();
            known.add(name);
            types[i] = components[i].getType();
            String[] texts = parameters.get(name);
            if (texts != null) {
                if (texts.length != 1) {
                    throw RefusedException.field(name, "it is there twice (expected: once).");
                }
                values[i] = value(name, types[i], texts[0]);
            }
        }
        for (String name : parameters.keySet()) {
            if (!known.contains(name)) {
                throw RefusedException.field(
                        name.length() > 64 ? name.substring(0, 64) : name,
                        "there is no such parameter (expected: some of "
                                + Arrays.stream(components).map(RecordComponent::getName).toList()
                                + ").");
            }
        }
        try {
            var constructor = type.getDeclaredConstructor(types);
            Record query = (Record) constructor.newInstance(values);
            Checks.check(query);
            return query;
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RefusedException refused) {
                throw refused;
            }
            throw new IllegalStateException("query record " + type.getName(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("query record " + type.getName(), e);
        }
    }

    private static Object value(String name, Class<?> type, String text) {
        if (type == String.class) {
            return text;
        }
        if (type == Integer.class) {
            if (!text.matches("[0-9]{1,9}")) {
                throw RefusedException.field(name, "it is no number (expected: digits).");
            }
            return Integer.valueOf(text);
        }
        if (type == Long.class) {
            if (!text.matches("[0-9]{1,18}")) {
                throw RefusedException.field(name, "it is no number (expected: digits).");
            }
            return Long.valueOf(text);
        }
        if (type == Instant.class) {
            return RestJson.instant(text)
                    .orElseThrow(() ->
                            RefusedException.field(
                                    name,
                                    "it is no time (expected: RFC 3339 in UTC, such as"
                                            + " 2026-01-31T12:00:00Z)."));
        }
        if (type.isEnum()) {
            for (Object constant : type.getEnumConstants()) {
                if (constant.toString().equals(text)) {
                    return constant;
                }
            }
            throw RefusedException.field(
                    name,
                    "it is none of its values (expected: one of "
                            + Arrays.toString(type.getEnumConstants())
                            + ").");
        }
        throw new IllegalStateException("query parameter of type " + type.getName());
    }
}
