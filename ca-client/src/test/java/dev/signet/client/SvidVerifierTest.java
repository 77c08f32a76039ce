package dev.signet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;

import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

class SvidVerifierTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    private final TestCa ca = TestCa.create("example.org", NOW);
    private final TestCa other = TestCa.create("other.org", NOW);
    private final KeyPair keys = TestCa.keys();
    private final Map<TrustDomain, TrustBundle> both =
            Map.of(ca.domain(), ca.bundle(1), other.domain(), other.bundle(1));

    private TestCa.LeafShape leaf() {
        return ca.leaf("/orders").validity(NOW.minusSeconds(15), HOUR);
    }

    private SpiffeId verify(TestCa.LeafShape shape, Instant at, String purpose)
            throws CertificateException {
        return SvidVerifier.verify(shape.chain(keys.getPublic()), both, at, Set.of(purpose));
    }

    private void refused(TestCa.LeafShape shape, String message) {
        assertThatThrownBy(() -> verify(shape, NOW, SvidVerifier.CLIENT_AUTH))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining(message);
    }

    @Test
    void acceptsTheProfileOfTheCaInBothDirections() throws CertificateException {
        assertThat(verify(leaf(), NOW, SvidVerifier.CLIENT_AUTH))
                .isEqualTo(SpiffeId.parse("spiffe://example.org/orders"));
        assertThat(verify(leaf().dns("orders.shop.svc"), NOW, SvidVerifier.SERVER_AUTH))
                .isEqualTo(SpiffeId.parse("spiffe://example.org/orders"));
    }

    @Test
    void acceptsAChainThatEndsWithItsRoot() throws CertificateException {
        List<X509Certificate> chain = new ArrayList<>(leaf().chain(keys.getPublic()));
        chain.add(ca.root());
        assertThat(SvidVerifier.verify(chain, both, NOW, Set.of(SvidVerifier.CLIENT_AUTH)))
                .isNotNull();
    }

    @Test
    void refusesAnotherNumberOfUrisThanOne() {
        refused(leaf().anotherUri("spiffe://example.org/payments"), "several URI SANs");
        refused(leaf().noUri().dns("orders"), "no URI SAN");
    }

    @Test
    void refusesAUriThatIsNoWorkloadsId() {
        refused(leaf().noUri().anotherUri("https://example.org/orders"), "not a SPIFFE ID");
        refused(leaf().noUri().anotherUri("spiffe://example.org"), "no path");
        refused(leaf().noUri().anotherUri("spiffe://example.org/a/../b"), "segments");
    }

    @Test
    void refusesALeafThatIsACa() {
        refused(leaf().asCa(), "is a CA's");
        refused(leaf().keyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign), "key usage");
        refused(leaf().keyUsage(KeyUsage.digitalSignature | KeyUsage.cRLSign), "key usage");
        refused(leaf().keyUsage(KeyUsage.keyEncipherment), "key usage");
    }

    @Test
    void refusesAnExtendedKeyUsageOfTheOtherDirectionOrNone() throws CertificateException {
        refused(leaf().purposes(KeyPurposeId.id_kp_serverAuth), "direction");
        refused(leaf().purposes(), "direction");
        refused(leaf().purposes(KeyPurposeId.id_kp_codeSigning), "direction");
        assertThat(
                        verify(
                                leaf().purposes(KeyPurposeId.id_kp_serverAuth),
                                NOW,
                                SvidVerifier.SERVER_AUTH))
                .isNotNull();
    }

    @Test
    void refusesWhatIsNotValidNow() {
        assertThatThrownBy(() -> verify(leaf(), NOW.minusSeconds(16), SvidVerifier.CLIENT_AUTH))
                .isInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> verify(leaf(), NOW.plus(HOUR), SvidVerifier.CLIENT_AUTH))
                .isInstanceOf(CertificateException.class);
    }

    @Test
    void refusesAChainThatAnotherTrustedDomainVouchesFor() {
        // Both domains are trusted; each only for its own names.
        List<X509Certificate> forged =
                other.leaf("/x")
                        .noUri()
                        .anotherUri("spiffe://example.org/orders")
                        .validity(NOW, HOUR)
                        .chain(keys.getPublic());
        assertThatThrownBy(() ->
                        SvidVerifier.verify(forged, both, NOW, Set.of(SvidVerifier.CLIENT_AUTH)))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("does not verify with the trust bundle of example.org");
    }

    @Test
    void refusesADomainThatIsNotTrusted() {
        assertThatThrownBy(() ->
                        SvidVerifier.verify(
                                leaf().chain(keys.getPublic()),
                                Map.of(other.domain(), other.bundle(1)),
                                NOW,
                                Set.of(SvidVerifier.CLIENT_AUTH)))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("not trusted here");
    }

    @Test
    void refusesEverybodyWhenTheBundleIsEmpty() {
        TrustBundle empty = new TrustBundle(ca.domain(), 2, List.of(), HOUR);
        assertThatThrownBy(() ->
                        SvidVerifier.verify(
                                leaf().chain(keys.getPublic()),
                                Map.of(ca.domain(), empty),
                                NOW,
                                Set.of(SvidVerifier.CLIENT_AUTH)))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("no authority");
    }

    @Test
    void refusesAnEndlessChain() {
        List<X509Certificate> chain = new ArrayList<>(leaf().chain(keys.getPublic()));
        while (chain.size() <= SvidVerifier.MAX_CHAIN) {
            chain.add(chain.get(1));
        }
        assertThatThrownBy(() ->
                        SvidVerifier.verify(chain, both, NOW, Set.of(SvidVerifier.CLIENT_AUTH)))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("9 certificates");
    }
}
