package dev.signet.ca.rest;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.proc.SecurityContext;

import dev.signet.ca.attestation.IssuerTexts;
import dev.signet.ca.egress.HttpsExchange;
import dev.signet.ca.egress.HttpsFailureException;
import dev.signet.ca.egress.TlsFiles;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/// Reads the keys of one issuer: a file, a URL, or the URL that its discovery document names. Only
/// https, only the configured hosts, no redirect, bounded size and time; nothing of an answer's
/// body gets into a message (R14). The issuer's CA file is read again when it changes. Thread-safe.
final class AdminKeys implements JWKSetSource<SecurityContext> {

    private static final int MAX_OCTETS = 256 * 1024;
    private static final int OK = 200;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final OidcIssuer issuer;
    private final JsonMapper mapper = RestJson.mapper();
    private volatile boolean known;
    private final HttpsExchange https;

    AdminKeys(OidcIssuer issuer) {
        this.issuer = issuer;
        this.https = new HttpsExchange(TlsFiles.trusting(issuer.caFile()));
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
                    "keys of "
                            + issuer.issuer()
                            + ": "
                            + (e instanceof OtherIssuerException
                                    ? e.getMessage()
                                    : e.getClass().getSimpleName()),
                    e);
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
            String other = document.path("issuer").stringValue("");
            if (!issuer.issuer().equals(other)) {
                throw new OtherIssuerException(
                        "the discovery document is of another issuer"
                                + (IssuerTexts.almost(other, Set.of(issuer.issuer())).isPresent()
                                        ? ": \""
                                                + other
                                                + "\" (expected: \""
                                                + issuer.issuer()
                                                + "\"; the two differ in a trailing slash)"
                                        : ""));
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

    /// Its message holds no text of an answer but the configured issuer, give or take a slash.
    private static final class OtherIssuerException extends IOException {

        private static final long serialVersionUID = 1L;

        OtherIssuerException(String message) {
            super(message);
        }
    }

    private byte[] get(URI url) throws IOException {
        try {
            HttpsExchange.Answer answer =
                    https.send(
                            HttpRequest.newBuilder(url).header("Accept", "application/json"),
                            MAX_OCTETS,
                            TIMEOUT);
            if (answer.status() != OK) {
                throw new IOException(url.getHost() + " answered " + answer.status());
            }
            return answer.octets();
        } catch (HttpsFailureException e) {
            throw new IOException(url.getHost() + " " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        https.close();
    }
}
