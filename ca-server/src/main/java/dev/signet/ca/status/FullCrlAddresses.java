package dev.signet.ca.status;

import dev.signet.ca.authority.CrlAddresses;

import java.util.Optional;

/// Full CRLs below the base URL: they are good for every certificate of their authority, so their
/// address may go into certificates that live for years.
///
/// @param baseUrl as in [StatusSettings]; empty: there is none
record FullCrlAddresses(String baseUrl) implements CrlAddresses {

    @Override
    public Optional<String> full(String authorityId) {
        return baseUrl.isEmpty()
                ? Optional.empty()
                : Optional.of(baseUrl + Shard.full(authorityId).path());
    }
}
