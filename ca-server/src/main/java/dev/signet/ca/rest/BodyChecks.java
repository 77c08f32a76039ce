package dev.signet.ca.rest;

import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;

import java.lang.reflect.Type;

/// Holds every body against its [Field]s before a handler sees it.
@ControllerAdvice
final class BodyChecks extends RequestBodyAdviceAdapter {

    @Override
    public boolean supports(
            MethodParameter parameter,
            Type type,
            Class<? extends HttpMessageConverter<?>> converter) {
        return true;
    }

    @Override
    public Object afterBodyRead(
            @Nullable Object body,
            HttpInputMessage message,
            MethodParameter parameter,
            Type type,
            Class<? extends HttpMessageConverter<?>> converter) {
        if (!(body instanceof Record fields)) {
            // The JSON literal null.
            throw RefusedException.of(
                    RefusalCode.INVALID_ARGUMENT, "The body is null (expected: one JSON object).");
        }
        Checks.check(fields);
        return body;
    }
}
