package dev.signet.ca.federation;

import dev.signet.ca.identity.SpiffeId;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Verifies a bundle endpoint that shows an X509-SVID: its chain by the bundle of its trust domain,
/// its one URI name by comparison. Host names say nothing here. Thread-safe.
final class SpiffeEndpointTrust extends X509ExtendedTrustManager {

    private static final int URI_NAME = 6;
    private static final int DIGITAL_SIGNATURE = 0;
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

    private final SpiffeId expected;
    private final List<byte[]> authorities;
    private final InstantSource clock;

    SpiffeEndpointTrust(SpiffeId expected, List<byte[]> authorities, InstantSource clock) {
        this.expected = expected;
        this.authorities = authorities;
        this.clock = clock;
    }

    private void verify(X509Certificate @Nullable [] chain) throws CertificateException {
        if (chain == null || chain.length == 0) {
            throw new CertificateException("the endpoint showed no certificate");
        }
        Set<TrustAnchor> anchors = new HashSet<>();
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        for (byte[] authority : authorities) {
            anchors.add(
                    new TrustAnchor(
                            (X509Certificate)
                                    factory.generateCertificate(
                                            new ByteArrayInputStream(authority)),
                            null));
        }
        if (anchors.isEmpty()) {
            throw new CertificateException("the endpoint's trust domain trusts nothing");
        }
        try {
            PKIXParameters parameters = new PKIXParameters(anchors);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(clock.instant()));
            CertPathValidator.getInstance("PKIX")
                    .validate(factory.generateCertPath(withoutAnchor(chain, anchors)), parameters);
        } catch (GeneralSecurityException e) {
            throw new CertificateException("the endpoint's chain does not verify", e);
        }
        requireName(chain[0]);
    }

    private static List<X509Certificate> withoutAnchor(
            X509Certificate[] chain, Set<TrustAnchor> anchors) {
        List<X509Certificate> path = Arrays.asList(chain);
        boolean last =
                path.size() > 1
                        && anchors.stream()
                                .anyMatch(anchor -> path.getLast().equals(anchor.getTrustedCert()));
        return last ? path.subList(0, path.size() - 1) : path;
    }

    private void requireName(X509Certificate leaf) throws CertificateException {
        boolean[] usage = leaf.getKeyUsage();
        List<String> purposes = leaf.getExtendedKeyUsage();
        if (leaf.getBasicConstraints() >= 0
                || (usage != null && !usage[DIGITAL_SIGNATURE])
                || (purposes != null && !purposes.contains(SERVER_AUTH))) {
            throw new CertificateException("the endpoint's certificate is no server's");
        }
        Collection<List<?>> names = leaf.getSubjectAlternativeNames();
        List<Object> uris =
                names == null
                        ? List.of()
                        : names.stream()
                                .filter(name -> name.getFirst().equals(URI_NAME))
                                .<Object>map(name -> name.get(1))
                                .toList();
        if (uris.size() != 1 || !expected.toString().equals(uris.getFirst())) {
            throw new CertificateException("the endpoint is not " + expected);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        verify(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        verify(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        verify(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("nobody is let in by a foreign bundle");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("nobody is let in by a foreign bundle");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        throw new CertificateException("nobody is let in by a foreign bundle");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
