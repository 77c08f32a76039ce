package dev.signet.ca.authority;

import dev.signet.ca.certificate.Validity;

import org.jspecify.annotations.Nullable;

/// An authority as an operator sees it. Immutable; holds no key.
///
/// @param id SHA-256 of its certificate, 64 hexadecimal digits
/// @param role `root`, `cross`, `intermediate` or `issuing`
/// @param state `prepared`, `active`, `retired` or `revoked`
/// @param subject distinguished name, RFC 4514
/// @param pem its certificate
/// @param issuerId id of who signed it; null for a root
/// @param foreign whether another CA wrote its certificate
/// @param keyHere whether its private key is here
public record AuthorityDescription(
        String id,
        String role,
        String state,
        String subject,
        Validity validity,
        String pem,
        @Nullable String issuerId,
        boolean foreign,
        boolean keyHere) {}
