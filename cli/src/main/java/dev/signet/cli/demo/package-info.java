/// The main job, shown on real parts in one process: a CA, its database, services that enrol, call
/// each other over mutual TLS and rotate, and strangers that do not get in. Each step checks what
/// it claims.
@NullMarked
package dev.signet.cli.demo;

import org.jspecify.annotations.NullMarked;
