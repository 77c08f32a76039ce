package dev.signet.ca.federation;

import dev.signet.ca.egress.StrictJson;
import dev.signet.ca.identity.TrustDomain;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A SPIFFE bundle as another trust domain publishes it: its x509-svid keys. Immutable; arrays must
/// not be changed.
///
/// @rfc SPIFFE Trust Domain and Bundle 4
final class BundleDocument {

    /// More roots than any trust domain needs at one time.
    private static final int MAX_AUTHORITIES = 64;

    private static final int MAX_CERTIFICATE = 64 * 1024;
    private static final int KEY_CERT_SIGN = 5;
    private static final int URI_NAME = 6;

    private final @Nullable Long sequence;
    private final @Nullable Integer refreshHintSeconds;
    private final List<byte[]> authorities;

    private BundleDocument(
            @Nullable Long sequence,
            @Nullable Integer refreshHintSeconds,
            List<byte[]> authorities) {
        this.sequence = sequence;
        this.refreshHintSeconds = refreshHintSeconds;
        this.authorities = List.copyOf(authorities);
    }

    /// Why it is not one; nothing of it is in the message.
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message, null, false, false);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    /// @param octets no more than [Relationships#MAX_OCTETS]
    /// @param trustDomain whose it is said to be: it does not say so itself
    static BundleDocument parse(byte[] octets, TrustDomain trustDomain) throws Unreadable {
        if (octets.length > Relationships.MAX_OCTETS) {
            throw new Unreadable("is longer than " + Relationships.MAX_OCTETS + " octets");
        }
        Map<String, Object> document =
                StrictJson.object(octets)
                        .orElseThrow(() -> new Unreadable("is not one JSON object"));
        if (!(document.get("keys") instanceof List<?> keys)) {
            throw new Unreadable("has no list of keys");
        }
        List<byte[]> authorities = new ArrayList<>();
        for (Object key : keys) {
            if (!(key instanceof Map<?, ?> jwk)) {
                throw new Unreadable("has a key that is no object");
            }
            byte[] authority = authority(jwk, trustDomain);
            if (authority != null
                    && authorities.stream().noneMatch(other -> Arrays.equals(other, authority))) {
                authorities.add(authority);
            }
        }
        if (authorities.size() > MAX_AUTHORITIES) {
            throw new Unreadable("has more than " + MAX_AUTHORITIES + " X.509 authorities");
        }
        authorities.sort(Arrays::compareUnsigned);
        Long hint = number(document, "spiffe_refresh_hint");
        return new BundleDocument(
                number(document, "spiffe_sequence"),
                hint == null ? null : (int) Math.min(hint, Integer.MAX_VALUE),
                authorities);
    }

    private static @Nullable Long number(Map<String, Object> document, String name)
            throws Unreadable {
        Object value = document.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof StrictJson.Figure(String literal) && literal.matches("[0-9]{1,19}")) {
            try {
                return Long.parseLong(literal);
            } catch (NumberFormatException _) {
                // said below
            }
        }
        throw new Unreadable("has a " + name + " that is no whole number of 64 bits");
    }

    /// Null for a key of another use, which is ignored.
    private static byte @Nullable [] authority(Map<?, ?> jwk, TrustDomain trustDomain)
            throws Unreadable {
        if (!"x509-svid".equals(jwk.get("use")) || !(jwk.get("kty") instanceof String)) {
            return null;
        }
        if (jwk.containsKey("kid")) {
            throw new Unreadable("has an x509-svid key with a kid");
        }
        if (!(jwk.get("x5c") instanceof List<?> chain
                && chain.size() == 1
                && chain.getFirst() instanceof String base64)) {
            throw new Unreadable("has an x509-svid key without exactly one certificate in x5c");
        }
        byte[] der;
        try {
            der = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException _) {
            throw new Unreadable("has a certificate that is not base64");
        }
        if (der.length > MAX_CERTIFICATE) {
            throw new Unreadable("has a certificate longer than " + MAX_CERTIFICATE + " octets");
        }
        requireAuthority(der, trustDomain);
        return der;
    }

    private static void requireAuthority(byte[] der, TrustDomain trustDomain) throws Unreadable {
        try {
            ByteArrayInputStream input = new ByteArrayInputStream(der);
            X509Certificate certificate =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(input);
            boolean[] usage = certificate.getKeyUsage();
            if (input.available() > 0 || !Arrays.equals(certificate.getEncoded(), der)) {
                throw new Unreadable("has something after a certificate");
            }
            if (certificate.getBasicConstraints() < 0 || usage == null || !usage[KEY_CERT_SIGN]) {
                throw new Unreadable("has a certificate that is no CA's");
            }
            requireOwn(certificate, trustDomain);
        } catch (CertificateException e) {
            throw new Unreadable("has a certificate that cannot be read");
        }
    }

    /// An authority need not name itself; one that does must not be another trust domain's.
    private static void requireOwn(X509Certificate certificate, TrustDomain trustDomain)
            throws CertificateParsingException, Unreadable {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        if (names == null) {
            return;
        }
        for (List<?> name : names) {
            if (name.getFirst() instanceof Integer type
                    && type == URI_NAME
                    && !trustDomain.uri().equals(name.get(1))) {
                throw new Unreadable("has a certificate of another trust domain");
            }
        }
    }

    Optional<Long> sequence() {
        return Optional.ofNullable(sequence);
    }

    Optional<Integer> refreshHintSeconds() {
        return Optional.ofNullable(refreshHintSeconds);
    }

    /// DER, ordered by their octets.
    List<byte[]> authorities() {
        return authorities;
    }

    /// One after another.
    byte[] concatenated() {
        return concatenated(authorities);
    }

    static byte[] concatenated(List<byte[]> authorities) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        authorities.forEach(all::writeBytes);
        return all.toByteArray();
    }

    /// What [#concatenated] wrote.
    ///
    /// @throws IllegalStateException when it is something else
    static List<byte[]> split(byte[] concatenated) {
        try {
            List<byte[]> authorities = new ArrayList<>();
            ByteArrayInputStream input = new ByteArrayInputStream(concatenated);
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            while (input.available() > 0) {
                authorities.add(factory.generateCertificate(input).getEncoded());
            }
            return authorities;
        } catch (CertificateException e) {
            throw new IllegalStateException("table federation.bundle has what is no bundle", e);
        }
    }
}
