package dev.signet.ca.rest;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Says which operation a handler method performs. A handler without it is never called.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Performs {

    Operation value();

    /// Status of success.
    int status() default 200;

    /// What it is answered with, where the method's own type does not say it.
    Class<?> answers() default void.class;

    /// What a stream is made of; else the method's own type is the answer.
    Class<?> streams() default void.class;

    /// Whether the answer has an ETag; a write of such a thing needs If-Match.
    boolean tagged() default false;

    /// Whether it may have to wait for a second person (202).
    boolean approvable() default false;
}
