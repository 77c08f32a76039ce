package dev.signet.ca.rest;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// What a field of a request or answer is. The same figures check requests ([Checks]) and stand in
/// the OpenAPI document, so that the two cannot differ.
@Target({ElementType.RECORD_COMPONENT, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
@interface Field {

    /// For the reader.
    String value();

    /// Least number, length of a text, or count of a list.
    long least() default 0;

    /// Greatest number, length of a text, or count of a list.
    long most() default Long.MAX_VALUE;

    /// Of a text; empty: any.
    String pattern() default "";

    /// What holds where it is absent; empty: nothing.
    String byDefault() default "";
}
