package dev.signet.ca.attestation;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;

/// One Kubernetes cluster whose API server is asked about each ServiceAccount token (TokenReview),
/// as configured under `signet.attestation.clusters[n]`. An instance that exists is usable.
///
/// @param name the cluster's id in attributes, logs and the ledger, 1 to 63 characters of
///   `[a-z0-9-]`; never changed later, as records name it
/// @param apiServer `https` URL of its API server, with a path where a proxy asks for one
/// @param issuers the `iss` claims of its tokens, compared character by character: they choose the
///   cluster that is asked and prove nothing; 1 to 8, at most 512 characters each
/// @param audiences sent with each review; the answer must name one of them; 1 to 16. Never empty:
///   a token made for somebody else proves nothing here
/// @param caFile PEM certificates to verify the API server with; null: those of the JDK
/// @param tokenFile token to ask with, read again for each review, such as the pod's own. Either
///   this or `clientCertificateFile`
/// @param clientCertificateFile PEM certificate chain to ask with, read again when it changes
/// @param clientKeyFile its PKCS#8 key, PEM
/// @param timeout for a review, waiting for a free place included; 100 ms to 10 s, default 2 s
/// @param cacheTime how long a positive answer is used again, 0 to 30 s; default 5 s. A deleted pod
///   gets certificates for that long at most
/// @param cacheSize positive answers that are remembered, 0 to 1,000,000; default 10,000 (about 1
///   kB each)
/// @param maxConcurrent reviews at a time, 1 to 1,000; default 32
public record KubernetesCluster(
        String name,
        URI apiServer,
        List<String> issuers,
        List<String> audiences,
        @Nullable Path caFile,
        @Nullable Path tokenFile,
        @Nullable Path clientCertificateFile,
        @Nullable Path clientKeyFile,
        Duration timeout,
        Duration cacheTime,
        Integer cacheSize,
        Integer maxConcurrent) {

    private static final int MAX_ISSUERS = 8;
    private static final int MAX_ISSUER_LENGTH = 512;
    private static final int MAX_AUDIENCES = 16;
    private static final int MAX_CACHE_SIZE = 1_000_000;
    private static final int MAX_CONCURRENT = 1_000;

    public KubernetesCluster {
        if (name == null || !name.matches("[a-z0-9-]{1,63}")) {
            throw new IllegalArgumentException(
                    "cluster's name is not 1 to 63 characters of [a-z0-9-]: " + name);
        }
        if (apiServer == null
                || !"https".equals(apiServer.getScheme())
                || apiServer.getHost() == null
                || apiServer.getRawUserInfo() != null
                || apiServer.getRawQuery() != null
                || apiServer.getRawFragment() != null) {
            throw fault(
                    name,
                    "has no api-server (expected: an https URL with a host, without user, query and"
                            + " fragment)");
        }
        issuers = texts(name, "issuers", issuers, MAX_ISSUERS);
        if (issuers.stream().anyMatch(issuer -> issuer.length() > MAX_ISSUER_LENGTH)) {
            throw fault(name, "has an issuer of more than " + MAX_ISSUER_LENGTH + " characters");
        }
        audiences = texts(name, "audiences", audiences, MAX_AUDIENCES);
        if ((tokenFile == null) == (clientCertificateFile == null)) {
            throw fault(name, "must have either a token-file or a client-certificate-file");
        }
        if ((clientCertificateFile == null) != (clientKeyFile == null)) {
            throw fault(name, "must have both client-certificate-file and client-key-file");
        }
        timeout = timeout == null ? Duration.ofSeconds(2) : timeout;
        require(name, "timeout", timeout, Duration.ofMillis(100), Duration.ofSeconds(10));
        cacheTime = cacheTime == null ? Duration.ofSeconds(5) : cacheTime;
        require(name, "cache-time", cacheTime, Duration.ZERO, Duration.ofSeconds(30));
        cacheSize = cacheSize == null ? 10_000 : cacheSize;
        if (cacheSize < 0 || cacheSize > MAX_CACHE_SIZE) {
            throw fault(name, "has cache-size " + cacheSize + " (expected: 0 to 1000000)");
        }
        maxConcurrent = maxConcurrent == null ? 32 : maxConcurrent;
        if (maxConcurrent < 1 || maxConcurrent > MAX_CONCURRENT) {
            throw fault(name, "has max-concurrent " + maxConcurrent + " (expected: 1 to 1000)");
        }
    }

    private static List<String> texts(
            String name, String key, @Nullable List<String> texts, int most) {
        List<String> all = texts == null ? List.of() : List.copyOf(texts);
        if (all.isEmpty()
                || all.size() > most
                || all.stream().anyMatch(String::isBlank)
                || new HashSet<>(all).size() < all.size()) {
            throw fault(name, "has no " + key + " (expected: 1 to " + most + ", each once)");
        }
        return all;
    }

    private static void require(
            String name, String key, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw fault(
                    name,
                    "has " + key + " " + value + " (expected: " + least + " to " + most + ")");
        }
    }

    private static IllegalArgumentException fault(String name, String what) {
        return new IllegalArgumentException("cluster " + name + " " + what);
    }
}
