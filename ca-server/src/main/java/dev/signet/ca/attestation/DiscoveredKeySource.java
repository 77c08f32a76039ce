package dev.signet.ca.attestation;

import dev.signet.ca.egress.HttpsExchange;
import dev.signet.ca.egress.HttpsFailureException;
import dev.signet.ca.egress.StrictJson;
import dev.signet.ca.egress.TlsFiles;
import dev.signet.ca.identity.Ascii;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Keys of an issuer that says itself where they are. Its document is believed only if it names the
/// very issuer, and only as far as it sends us to the issuer's own host or one that is configured:
/// nothing else is asked, and no redirect is followed (R14). The document is read again each time,
/// so that keys which move are found.
final class DiscoveredKeySource implements KeySource {

    private static final String WELL_KNOWN = "/.well-known/openid-configuration";
    private static final int MAX_DOCUMENT = 64 * 1024;
    private static final int HTTP_OK = 200;
    private static final int HTTPS_PORT = 443;

    private final String issuer;
    private final URI discoveryUrl;
    private final Set<String> hosts;
    private final @Nullable Path bearerFile;
    private final Duration timeout;
    private final HttpsExchange https;

    /// @param issuer for which [#discoveryUrl] is not empty
    /// @param otherHosts that keys may be read from beside the issuer's own, perhaps with port
    /// @param bearerFile token for the issuer's own host, and no other; null: none
    /// @param timeout for each of two requests
    DiscoveredKeySource(
            String issuer,
            List<String> otherHosts,
            @Nullable Path caFile,
            @Nullable Path bearerFile,
            Duration timeout) {
        this.issuer = issuer;
        this.discoveryUrl = discoveryUrl(issuer).orElseThrow();
        this.hosts = new HashSet<>();
        hosts.add(hostAndPort(discoveryUrl));
        for (String host : otherHosts) {
            hosts.add(host.contains(":") ? host : host + ":" + HTTPS_PORT);
        }
        this.bearerFile = bearerFile;
        this.timeout = timeout;
        this.https = new HttpsExchange(TlsFiles.trusting(caFile));
    }

    /// Where an issuer's document is; empty for a text that is no URL to be asked.
    static Optional<URI> discoveryUrl(String issuer) {
        return url(issuer)
                .map(_ -> {
                    int end = issuer.endsWith("/") ? issuer.length() - 1 : issuer.length();
                    return URI.create(issuer.substring(0, end) + WELL_KNOWN);
                });
    }

    private static Optional<URI> url(String text) {
        try {
            URI url = new URI(text);
            boolean usable =
                    "https".equals(url.getScheme())
                            && url.getHost() != null
                            && url.getRawUserInfo() == null
                            && url.getRawQuery() == null
                            && url.getRawFragment() == null;
            return usable ? Optional.of(url) : Optional.empty();
        } catch (URISyntaxException _) {
            return Optional.empty();
        }
    }

    private static String hostAndPort(URI url) {
        return Ascii.lowerCase(url.getHost())
                + ":"
                + (url.getPort() < 0 ? HTTPS_PORT : url.getPort());
    }

    @Override
    public byte[] read() throws KeysUnavailableException {
        return get(keysUrl(get(discoveryUrl, MAX_DOCUMENT)), KeySet.MAX_OCTETS);
    }

    private URI keysUrl(byte[] octets) throws KeysUnavailableException {
        Map<String, Object> document =
                StrictJson.object(octets)
                        .orElseThrow(() -> wrong("is no JSON object without repetitions"));
        if (!issuer.equals(document.get("issuer"))) {
            // No text of an answer gets into a message (R14) but one that was configured here, give
            // or take the slash.
            throw wrong(
                    "is another issuer's"
                            + (document.get("issuer") instanceof String other
                                            && IssuerTexts.almost(other, Set.of(issuer)).isPresent()
                                    ? ": \""
                                            + other
                                            + "\" (expected: \""
                                            + issuer
                                            + "\"; the two differ in a trailing slash)"
                                    : ""));
        }
        URI keys =
                (document.get("jwks_uri") instanceof String text
                                ? url(text)
                                : Optional.<URI>empty())
                        .orElseThrow(() -> wrong("has no usable jwks_uri"));
        if (!hosts.contains(hostAndPort(keys))) {
            throw wrong(
                    "has its keys on another host, which is not among jwks-hosts: "
                            + Unauthenticated.excerpt(hostAndPort(keys)));
        }
        return keys;
    }

    private KeysUnavailableException wrong(String what) {
        return new KeysUnavailableException(
                "the discovery document of " + discoveryUrl.getHost() + " " + what);
    }

    private byte[] get(URI url, int maxOctets) throws KeysUnavailableException {
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(url)
                            .header("Accept", "application/json, application/jwk-set+json");
            if (bearerFile != null && hostAndPort(url).equals(hostAndPort(discoveryUrl))) {
                request.header("Authorization", "Bearer " + BearerFile.read(bearerFile));
            }
            HttpsExchange.Answer answer = https.send(request, maxOctets, timeout);
            if (answer.status() != HTTP_OK) {
                throw new HttpsFailureException("answered " + answer.status() + " (expected: 200)");
            }
            return answer.octets();
        } catch (HttpsFailureException e) {
            throw new KeysUnavailableException(url.getHost() + " " + e.getMessage());
        }
    }

    @Override
    public void close() {
        https.close();
    }
}
