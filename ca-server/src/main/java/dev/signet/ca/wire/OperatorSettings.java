package dev.signet.ca.wire;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/// Settings under `signet.operator`.
///
/// @param credentialFile file with the operator credential, 32 to 512 ASCII characters in one line;
///   unset: every operator call is refused
public record OperatorSettings(@Nullable Path credentialFile) {}
