package dev.signet.client;

import org.jspecify.annotations.Nullable;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// The CA's request that the certificates it names be renewed ahead of their time.
///
/// @param number of the order, of which each is obeyed once
/// @param authorityIds SHA-256 of issuing CA certificates, lower-case hexadecimal; none: any issuer
/// @param spiffeIdPrefix whose identity begins with this; empty: any
/// @param issuedBefore whose notBefore is earlier; null: any
/// @param start first instant of the window to renew in
/// @param end last instant of it
record RenewalOrder(
        long number,
        Set<String> authorityIds,
        String spiffeIdPrefix,
        @Nullable Instant issuedBefore,
        Instant start,
        Instant end) {

    RenewalOrder {
        authorityIds = Set.copyOf(authorityIds);
    }

    boolean names(X509Svid svid) {
        return svid.spiffeId().toString().startsWith(spiffeIdPrefix)
                && (issuedBefore == null || svid.notBefore().isBefore(issuedBefore))
                && (authorityIds.isEmpty() || namesIssuer(svid.chain()));
    }

    /// The certificate right above the leaf; where the leaf hangs from a root directly, that one is
    /// not in the chain, and the order has to do without.
    private boolean namesIssuer(List<X509Certificate> chain) {
        return chain.size() > 1 && authorityIds.contains(sha256(chain.get(1)));
    }

    private static String sha256(X509Certificate certificate) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
            throw new IllegalStateException("SHA-256 of a certificate cannot be computed", e);
        }
    }
}
