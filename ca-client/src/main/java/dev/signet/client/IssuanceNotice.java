package dev.signet.client;

/// What a certificate does not hold although it was asked for, and why. The request succeeded all
/// the same. Immutable.
///
/// @param code permanent, of docs/errors.md; later releases of the CA may add others
/// @param text for people
public record IssuanceNotice(String code, String text) {}
