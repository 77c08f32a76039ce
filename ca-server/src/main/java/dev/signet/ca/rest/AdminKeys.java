package dev.signet.ca.rest;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.proc.SecurityContext;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.text.ParseException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Reads the keys of one issuer: a file, a URL, or the URL that its discovery document names. Only
/// https, only the configured hosts, no redirect, bounded size and time; nothing of an answer's
/// body gets into a message (R14). Thread-safe.
final class AdminKeys implements JWKSetSource<SecurityContext> {

    private static final int MAX_OCTETS = 256 * 1024;
    private static final int OK = 200;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final OidcIssuer issuer;
    private final JsonMapper mapper = RestJson.mapper();
    private volatile boolean known;
    private @Nullable HttpClient client;

    AdminKeys(OidcIssuer issuer) {
        this.issuer = issuer;
    }

    @Override
    public JWKSet getJWKSet(
            @Nullable JWKSetCacheRefreshEvaluator refresh,
            long currentTime,
            @Nullable SecurityContext context)
            throws KeySourceException {
        try {
            Path file = issuer.jwksFile();
            byte[] document = file == null ? get(keysUrl()) : read(file);
            JWKSet keys = JWKSet.parse(new String(document, StandardCharsets.UTF_8));
            known = true;
            return keys;
        } catch (IOException | ParseException e) {
            throw new JWKSetUnavailableException(
                    "keys of " + issuer.issuer() + ": " + e.getClass().getSimpleName(), e);
        }
    }

    /// Whether they were read at least once.
    boolean known() {
        return known;
    }

    private static byte[] read(Path file) throws IOException {
        try (InputStream input = Files.newInputStream(file)) {
            return input.readNBytes(MAX_OCTETS);
        }
    }

    private URI keysUrl() throws IOException {
        URI configured = issuer.jwksUrl();
        if (configured != null) {
            return configured;
        }
        URI base = URI.create(issuer.issuer());
        String path = base.getPath() == null ? "" : base.getPath();
        URI discovery =
                base.resolve(
                        (path.endsWith("/") ? path : path + "/")
                                + ".well-known/openid-configuration");
        URI keys;
        try {
            JsonNode document = mapper.readTree(get(discovery));
            if (!issuer.issuer().equals(document.path("issuer").stringValue(""))) {
                throw new IOException("the discovery document is of another issuer");
            }
            keys = URI.create(document.path("jwks_uri").stringValue(""));
        } catch (JacksonException | IllegalArgumentException _) {
            throw new IOException("the discovery document has no usable jwks_uri");
        }
        Set<String> hosts = new HashSet<>(issuer.hosts());
        hosts.add(base.getHost());
        if (!"https".equals(keys.getScheme()) || !hosts.contains(keys.getHost())) {
            throw new IOException(
                    "the discovery document names a host that is not one of"
                            + " signet.admin.oidc[n].hosts");
        }
        return keys;
    }

    private byte[] get(URI url) throws IOException {
        CompletableFuture<HttpResponse<byte[]>> answer =
                client().sendAsync(
                                HttpRequest.newBuilder(url)
                                        .timeout(TIMEOUT)
                                        .header("Accept", "application/json")
                                        .build(),
                                HttpResponse.BodyHandlers.limiting(
                                        HttpResponse.BodyHandlers.ofByteArray(), MAX_OCTETS));
        try {
            // The request's own timeout ends with the headers: a body may drip for ever.
            HttpResponse<byte[]> response = answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != OK) {
                throw new IOException(url.getHost() + " answered " + response.statusCode());
            }
            return response.body();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(url.getHost() + " could not be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the server is stopping", e);
        } finally {
            answer.cancel(true);
        }
    }

    private synchronized HttpClient client() throws IOException {
        if (client == null) {
            HttpClient.Builder builder =
                    HttpClient.newBuilder()
                            .followRedirects(HttpClient.Redirect.NEVER)
                            .connectTimeout(CONNECT_TIMEOUT);
            Path caFile = issuer.caFile();
            if (caFile != null) {
                builder.sslContext(trusting(caFile));
            }
            client = builder.build();
        }
        return client;
    }

    private static SSLContext trusting(Path caFile) throws IOException {
        try (InputStream pem = Files.newInputStream(caFile)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int index = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                trusted.setCertificateEntry("ca-" + index++, certificate);
            }
            TrustManagerFactory managers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(caFile + " is not usable", e);
        }
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.shutdownNow();
        }
    }
}
