package dev.signet.ca.trust;

import dev.signet.ca.identity.TrustDomain;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/// What verifiers of one trust domain trust. Immutable; arrays must not be changed.
///
/// @param version grows with each change over all replicas, never falls (spiffe_sequence)
/// @param x509Authorities DER self-signed CA certificates
/// @param refreshHint how often to ask for a newer one, whole seconds
public record TrustBundle(
        TrustDomain trustDomain, long version, List<byte[]> x509Authorities, Duration refreshHint) {

    public TrustBundle {
        x509Authorities = List.copyOf(x509Authorities);
    }

    /// The bundle as SPIFFE consumers read it: a JWK Set with one `x509-svid` key for each
    /// certificate. Media type application/json.
    public String spiffeJson() {
        return SpiffeBundleJson.write(this);
    }

    /// The certificates as PEM blocks, one after another. Empty where nothing is trusted.
    public String pem() {
        StringBuilder pem = new StringBuilder();
        Base64.Encoder encoder =
                Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
        for (byte[] certificate : x509Authorities) {
            pem.append("-----BEGIN CERTIFICATE-----\n")
                    .append(encoder.encodeToString(certificate))
                    .append("\n-----END CERTIFICATE-----\n");
        }
        return pem.toString();
    }
}
