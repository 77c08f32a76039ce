package dev.signet.ca.federation;

import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.TrustDomain;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.time.Instant;

/// How the bundle of another trust domain is had. Immutable; arrays must not be changed.
///
/// @param number names it; ascends
/// @param url of its bundle endpoint
/// @param endpointId whom the endpoint must prove to be; null for https_web
/// @param initialBundle SPIFFE bundle that the first pull is verified with; null for https_web
/// @param webRoots PEM of the only CAs to verify the endpoint with; null: those of the JDK
/// @param reason why it was made
/// @param by who made it
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Relationship(
        long number,
        TrustDomain trustDomain,
        EndpointProfile profile,
        URI url,
        @Nullable SpiffeId endpointId,
        byte @Nullable [] initialBundle,
        byte @Nullable [] webRoots,
        String reason,
        String by,
        Instant since) {

    @Override
    public String toString() {
        return "Relationship[" + number + ", " + trustDomain + "]";
    }
}
