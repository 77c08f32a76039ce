package dev.signet.ca.audit;

import org.jspecify.annotations.Nullable;

/// Who acts. Immutable.
///
/// @param kind how it proved itself: `oidc`, `certificate`, `credential`, `server`
/// @param subject whom that names, unique within the kind, at most 2048 characters
/// @param address where it came from, an IP literal; null: this process
public record Actor(String kind, String subject, @Nullable String address) {}
