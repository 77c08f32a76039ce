package dev.signet.ca.authority;

import java.util.Optional;

/// Where verifiers fetch CRLs. Immutable, thread-safe.
///
/// @rfc 5280 4.2.1.13
@FunctionalInterface
public interface CrlAddresses {

    /// Nothing has an address: no certificate names a CRL.
    CrlAddresses NONE = _ -> Optional.empty();

    /// URL of the one CRL about all certificates that an authority signed, without an issuing
    /// distribution point; empty: there is no address under which verifiers reach this CA.
    ///
    /// @param authorityId 64 hexadecimal digits
    Optional<String> full(String authorityId);
}
