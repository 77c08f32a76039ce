package dev.signet.ca.federation;

import dev.signet.ca.egress.HttpsExchange;
import dev.signet.ca.egress.HttpsFailureException;
import dev.signet.ca.egress.TlsFiles;
import dev.signet.ca.egress.TlsSource;
import dev.signet.ca.identity.Ascii;
import dev.signet.ca.identity.SpiffeId;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/// Asks a bundle endpoint once: plain GET, no client authentication, JSON, bounded in size and
/// time. Temporary redirects are followed on the same host only, each target verified like the
/// first (R14). Thread-safe; blocks.
final class BundleRequest {

    private static final int OK = 200;
    private static final int MAX_REDIRECTS = 3;

    private final Duration timeout;
    private final InstantSource clock;

    BundleRequest(Duration timeout, InstantSource clock) {
        this.timeout = timeout;
        this.clock = clock;
    }

    /// @param authorities of the endpoint's trust domain, for https_spiffe
    /// @throws HttpsFailureException when there is no answer that may be read; nothing of an answer
    ///   is in its message
    byte[] get(Relationship relationship, List<byte[]> authorities) throws HttpsFailureException {
        try (HttpsExchange https = new HttpsExchange(tls(relationship, authorities))) {
            URI url = relationship.url();
            for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
                HttpsExchange.Answer answer =
                        https.send(
                                HttpRequest.newBuilder(url).header("Accept", "application/json"),
                                Relationships.MAX_OCTETS,
                                timeout);
                switch (answer.status()) {
                    case OK -> {
                        requireJson(answer.contentType());
                        return answer.octets();
                    }
                    case 302, 303, 307 -> url = target(relationship.url(), url, answer.location());
                    default ->
                            throw new HttpsFailureException(
                                    "answered " + answer.status() + " (expected: 200)");
                }
            }
            throw new HttpsFailureException("redirects more than " + MAX_REDIRECTS + " times");
        }
    }

    private static void requireJson(@Nullable String contentType) throws HttpsFailureException {
        String type = contentType == null ? "" : Ascii.lowerCase(contentType);
        int semicolon = type.indexOf(';');
        if (!(semicolon < 0 ? type : type.substring(0, semicolon))
                .strip()
                .equals("application/json")) {
            throw new HttpsFailureException("answers something else than application/json");
        }
    }

    private static URI target(URI configured, URI from, @Nullable String location)
            throws HttpsFailureException {
        URI target;
        try {
            target = from.resolve(URI.create(location == null ? "" : location));
        } catch (IllegalArgumentException _) {
            throw new HttpsFailureException("redirects to what is no URL");
        }
        if (!"https".equals(target.getScheme())
                || target.getUserInfo() != null
                || target.getHost() == null
                || !Ascii.equalIgnoringCase(configured.getHost(), target.getHost())) {
            throw new HttpsFailureException(
                    "redirects elsewhere (expected: https on the same host)");
        }
        return target;
    }

    private TlsSource tls(Relationship relationship, List<byte[]> authorities)
            throws HttpsFailureException {
        try {
            return switch (relationship.profile()) {
                case HTTPS_WEB -> {
                    byte[] roots = relationship.webRoots();
                    yield roots == null ? TlsFiles.trusting(null) : TlsSource.of(trusting(roots));
                }
                case HTTPS_SPIFFE -> {
                    SpiffeId endpoint = Objects.requireNonNull(relationship.endpointId());
                    SSLContext context = SSLContext.getInstance("TLS");
                    context.init(
                            null,
                            new TrustManager[] {
                                new SpiffeEndpointTrust(endpoint, authorities, clock)
                            },
                            null);
                    yield TlsSource.of(context);
                }
            };
        } catch (GeneralSecurityException | java.io.IOException e) {
            throw new HttpsFailureException("cannot be asked: " + e.getClass().getSimpleName());
        }
    }

    private static SSLContext trusting(byte[] pem)
            throws GeneralSecurityException, java.io.IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        int index = 0;
        for (Certificate each :
                CertificateFactory.getInstance("X.509")
                        .generateCertificates(new ByteArrayInputStream(pem))) {
            trusted.setCertificateEntry("ca-" + index++, each);
        }
        TrustManagerFactory managers =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
