package dev.signet.issuer.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class IssuerRefTest {

    @Test
    void signerNamesReadAsTheyAreWritten() {
        for (IssuerRef issuer :
                new IssuerRef[] {
                    IssuerRef.cluster("ci"),
                    IssuerRef.cluster("a.b"),
                    IssuerRef.namespaced("shop", "own"),
                    IssuerRef.namespaced("shop", "own.v1")
                }) {
            assertThat(IssuerRef.ofSignerName(issuer.signerName())).contains(issuer);
        }
        assertThat(IssuerRef.namespaced("shop", "own").signerName())
                .isEqualTo("signetissuers.signet.dev/shop.own");
        assertThat(IssuerRef.cluster("ci").signerName())
                .isEqualTo("signetclusterissuers.signet.dev/ci");
    }

    @Test
    void aClusterIssuerHasNoNamespaceAndAnotherHasOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IssuerRef(IssuerKind.CLUSTER_ISSUER, "shop", "ci"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IssuerRef(IssuerKind.ISSUER, "", "own"));
    }
}
