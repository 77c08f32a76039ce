package dev.signet.issuer.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.issuer.api.IssuerRef;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;

import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Optional;

class PublishedPlansTest {

    private static final IssuerRef ISSUER = IssuerRef.cluster("main.ca");
    private static final Optional<String> NEW = Optional.of("new");
    private static final Optional<String> NOT_KNOWN = Optional.empty();

    private static ConfigMap ours(String pem) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withLabels(Published.labels())
                .endMetadata()
                .withData(Map.of("ca.crt", pem))
                .build();
    }

    private static ConfigMap foreign() {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .endMetadata()
                .withData(Map.of("ca.crt", "theirs"))
                .build();
    }

    @Test
    void aConfigMapIsMadeAndPutRight() {
        assertThat(ConfigMapPlan.of(true, null, NEW)).isEqualTo(new ConfigMapPlan.Write("new"));
        assertThat(ConfigMapPlan.of(true, ours("old"), NEW))
                .isEqualTo(new ConfigMapPlan.Write("new"));
        assertThat(ConfigMapPlan.of(true, ours("new"), NEW)).isEqualTo(new ConfigMapPlan.Leave());
    }

    @Test
    void oneWhoseLabelWasTakenOffIsStillOurs() {
        ConfigMap stripped =
                new ConfigMapBuilder()
                        .withNewMetadata()
                        .addNewManagedField()
                        .withManager("signet-issuer")
                        .endManagedField()
                        .endMetadata()
                        .withData(Map.of("ca.crt", "new"))
                        .build();
        assertThat(ConfigMapPlan.of(true, stripped, NEW)).isEqualTo(new ConfigMapPlan.Write("new"));
        assertThat(ConfigMapPlan.of(false, stripped, NEW)).isEqualTo(new ConfigMapPlan.Remove());
    }

    @Test
    void whatIsNotOursIsNeitherChangedNorRemoved() {
        assertThat(ConfigMapPlan.of(true, foreign(), NEW)).isEqualTo(new ConfigMapPlan.NotOurs());
        assertThat(ConfigMapPlan.of(false, foreign(), NEW)).isEqualTo(new ConfigMapPlan.Leave());
    }

    @Test
    void nothingIsTakenBackBecauseTheCaIsAway() {
        assertThat(ConfigMapPlan.of(true, ours("old"), NOT_KNOWN))
                .isEqualTo(new ConfigMapPlan.Leave());
        assertThat(ConfigMapPlan.of(true, null, NOT_KNOWN)).isEqualTo(new ConfigMapPlan.Leave());
        assertThat(ClusterBundlePlan.of(false, bundle("old", true), NOT_KNOWN))
                .isEqualTo(new ClusterBundlePlan.Leave());
    }

    @Test
    void oneOfANamespaceThatAsksNoMoreGoes() {
        assertThat(ConfigMapPlan.of(false, ours("new"), NEW)).isEqualTo(new ConfigMapPlan.Remove());
        assertThat(ConfigMapPlan.of(false, ours("new"), NOT_KNOWN))
                .isEqualTo(new ConfigMapPlan.Remove());
        assertThat(ConfigMapPlan.of(false, null, NEW)).isEqualTo(new ConfigMapPlan.Leave());
    }

    private static GenericKubernetesResource bundle(String pem, boolean ours) {
        GenericKubernetesResource bundle =
                ClusterBundlePlan.object("certificates.k8s.io/v1", ISSUER, pem);
        return ours
                ? bundle
                : new GenericKubernetesResourceBuilder(bundle)
                        .editMetadata()
                        .withLabels(Map.of())
                        .endMetadata()
                        .build();
    }

    @Test
    void aClusterTrustBundleFollowsItsIssuer() {
        assertThat(ClusterBundlePlan.of(false, null, NEW))
                .isEqualTo(new ClusterBundlePlan.Write("new"));
        assertThat(ClusterBundlePlan.of(false, bundle("old", true), NEW))
                .isEqualTo(new ClusterBundlePlan.Write("new"));
        assertThat(ClusterBundlePlan.of(false, bundle("new", true), NEW))
                .isEqualTo(new ClusterBundlePlan.Leave());
        assertThat(ClusterBundlePlan.of(true, bundle("new", true), NOT_KNOWN))
                .isEqualTo(new ClusterBundlePlan.Remove());
        assertThat(ClusterBundlePlan.of(true, bundle("new", false), NOT_KNOWN))
                .isEqualTo(new ClusterBundlePlan.Leave());
    }

    @Test
    void itsNameBeginsWithItsSignersAndLeadsBackToTheIssuer() {
        GenericKubernetesResource bundle = bundle("new", true);
        assertThat(bundle.getMetadata().getName())
                .isEqualTo("signetclusterissuers.signet.dev:main.ca:current");
        assertThat(bundle.<String>get("spec", "signerName"))
                .isEqualTo("signetclusterissuers.signet.dev/main.ca");
        assertThat(ClusterBundlePlan.issuerOf(bundle)).contains(ISSUER);

        GenericKubernetesResource another =
                new GenericKubernetesResourceBuilder(bundle)
                        .editMetadata()
                        .withName("signetclusterissuers.signet.dev:main.ca:by-hand")
                        .endMetadata()
                        .build();
        assertThat(ClusterBundlePlan.issuerOf(another)).isEmpty();
    }
}
