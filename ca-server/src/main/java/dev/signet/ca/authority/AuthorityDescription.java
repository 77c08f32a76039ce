package dev.signet.ca.authority;

import dev.signet.ca.certificate.Validity;

/// An authority as an operator sees it. Immutable; holds no key.
///
/// @param id SHA-256 of its certificate, 64 hexadecimal digits
/// @param role `root` or `issuing`
/// @param state `prepared`, `active`, `retired` or `revoked`
/// @param subject distinguished name, RFC 4514
/// @param pem its certificate
public record AuthorityDescription(
        String id, String role, String state, String subject, Validity validity, String pem) {}
