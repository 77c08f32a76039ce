package dev.signet.ca.rest;

import java.util.OptionalInt;

/// Where the admin REST API listens. Thread-safe.
public interface AdminPort {

    /// TCP port as bound, once the server has started; requests wait until the API behind it has.
    /// Empty where `signet.admin.enabled` is false.
    OptionalInt port();
}
