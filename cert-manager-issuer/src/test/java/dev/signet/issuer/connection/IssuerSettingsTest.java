package dev.signet.issuer.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signet.issuer.api.IssuerSpec;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Collections;
import java.util.List;

class IssuerSettingsTest {

    private static final IssuerSpec.BundleSource INLINE =
            new IssuerSpec.BundleSource("pem", null, null);

    private static IssuerSpec spec(
            List<String> addresses, IssuerSpec.BundleSource bundle, String window) {
        return new IssuerSpec(addresses, bundle, null, null, null, window);
    }

    @Test
    void whatIsNotSaidHasItsDefault() {
        IssuerSettings settings =
                IssuerSettings.of(
                        new IssuerSpec(
                                List.of("ca:8443"),
                                new IssuerSpec.BundleSource(
                                        null, new IssuerSpec.KeyRef("trust", null), null),
                                new IssuerSpec.Credential(
                                        new IssuerSpec.ServiceAccount("issuer", null)),
                                null,
                                null,
                                null));
        assertThat(settings.retryWindow()).isEqualTo(Duration.ofMinutes(15));
        assertThat(settings.includeCa()).isTrue();
        assertThat(settings.bundle())
                .isEqualTo(new IssuerSettings.BundleReference.InConfigMap("trust", "ca.crt"));
        assertThat(settings.serviceAccount())
                .contains(new IssuerSettings.ServiceAccountToken("issuer", "signet"));
        assertThat(settings.maxDuration()).isEmpty();
    }

    @Test
    void whatTheSchemaRefusesIsRefusedHereToo() {
        List<String> one = List.of("ca:8443");
        refused("spec is missing", null);
        refused("spec.addresses has 0", spec(null, INLINE, null));
        refused("spec.addresses has 9", spec(Collections.nCopies(9, "ca:1"), INLINE, null));
        refused("CA address", spec(List.of("ca"), INLINE, null));
        refused("spec.trustBundle", spec(one, null, null));
        refused("spec.trustBundle", spec(one, new IssuerSpec.BundleSource(null, null, null), null));
        refused(
                "spec.trustBundle",
                spec(
                        one,
                        new IssuerSpec.BundleSource("x", null, new IssuerSpec.KeyRef("y", null)),
                        null));
        refused("spec.retryWindow", spec(one, INLINE, "soon"));
        refused("spec.retryWindow", spec(one, INLINE, "0s"));
        refused("spec.retryWindow", spec(one, INLINE, "23h1s"));
    }

    private static void refused(String message, IssuerSpec spec) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IssuerSettings.of(spec))
                .withMessageContaining(message);
    }
}
