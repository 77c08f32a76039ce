package dev.signet.issuer.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.client.SubjectRequest.Names;
import dev.signet.issuer.TestRequests;
import dev.signet.issuer.api.IssuerRef;
import dev.signet.issuer.signing.SigningRequest;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;

import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

class PodRequestReaderTest {

    private static final IssuerRef ISSUER = IssuerRef.cluster("mesh");
    private static final String CREATED = "2026-11-23T10:00:00Z";

    /// A request whose certification request asks for more than a kubelet's does.
    static GenericKubernetesResource request(Map<String, Object> more) throws Exception {
        Map<String, Object> spec = new HashMap<>();
        spec.put("signerName", ISSUER.signerName());
        spec.put("podName", "orders-7");
        spec.put("podUID", "pod-uid");
        spec.put("serviceAccountName", "orders");
        spec.put("serviceAccountUID", "account-uid");
        spec.put("nodeName", "node1");
        spec.put("nodeUID", "node-uid");
        spec.put("maxExpirationSeconds", 86_400);
        spec.put("stubPKCS10Request", Base64.getEncoder().encodeToString(csr()));
        spec.putAll(more);
        spec.values().removeIf(value -> value.equals(""));
        GenericKubernetesResource request = new GenericKubernetesResource();
        request.setApiVersion("certificates.k8s.io/v1");
        request.setKind("PodCertificateRequest");
        request.setMetadata(
                new ObjectMetaBuilder()
                        .withNamespace("shop")
                        .withName("orders-7-abc")
                        .withUid("uid")
                        .withCreationTimestamp(CREATED)
                        .build());
        request.setAdditionalProperty("spec", spec);
        return request;
    }

    private static byte[] csr() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.dNSName, "admin.example.org")));
        return new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=admin"), pair.getPublic())
                .addAttribute(
                        PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                .build(new JcaContentSignerBuilder("Ed25519").build(pair.getPrivate()))
                .getEncoded();
    }

    private static PodVerdict refused(Map<String, Object> more) throws Exception {
        GenericKubernetesResource request = request(more);
        try {
            PodRequestReader.read(request, ISSUER);
        } catch (UndecidableRequestException e) {
            return e.verdict();
        }
        throw new AssertionError("read");
    }

    @Test
    void saysWhatTheApiServerVouchesForAndTakesTheKeyAlone() throws Exception {
        SigningRequest read = PodRequestReader.read(request(Map.of()), ISSUER);

        assertThat(read.resource())
                .isEqualTo(
                        new SigningRequest.ResourceIdentity(
                                "PodCertificateRequest", "shop", "orders-7-abc", "uid"));
        assertThat(read.attributes())
                .containsOnly(
                        Map.entry("pod.name", "orders-7"),
                        Map.entry("pod.uid", "pod-uid"),
                        Map.entry("service-account", "orders"),
                        Map.entry("service-account-uid", "account-uid"),
                        Map.entry("node.name", "node1"),
                        Map.entry("node.uid", "node-uid"));
        assertThat(read.certification().names()).isEqualTo(Names.NONE);
        assertThat(read.certification().subject()).isEmpty();
        assertThat(read.requested()).isEmpty();
        assertThat(read.spiffeId()).isEmpty();
        assertThat(read.approved()).isEqualTo(Instant.parse(CREATED));
        assertThat(read.lifetime()).isEqualTo(Duration.ofSeconds(86_400));
    }

    /// An hour is the least and the most of such a request: notAfter less notBefore has to be just
    /// that.
    @Test
    void anHourIsAskedForWithTheSecondThatTheCaCounts() throws Exception {
        SigningRequest read =
                PodRequestReader.read(request(Map.of("maxExpirationSeconds", 3_600)), ISSUER);

        assertThat(read.lifetime()).isEqualTo(Duration.ofSeconds(3_601));
        assertThat(
                        PodRequestReader.read(
                                        request(Map.of("maxExpirationSeconds", 3_601)), ISSUER)
                                .lifetime())
                .isEqualTo(Duration.ofSeconds(3_601));
    }

    @Test
    void deniesAnnotationsThatItDoesNotKnow() throws Exception {
        PodVerdict verdict =
                refused(Map.of("unverifiedUserAnnotations", Map.of("example.org/role", "admin")));

        assertThat(verdict.type()).isEqualTo("Denied");
        assertThat(verdict.reason()).isEqualTo("InvalidUnverifiedUserAnnotations");
        assertThat(verdict.fields()).isEmpty();
        assertThat(
                        PodRequestReader.read(
                                request(Map.of("unverifiedUserAnnotations", Map.of())), ISSUER))
                .isNotNull();
    }

    @Test
    void failsWhereThereIsNoUsableKey() throws Exception {
        assertThat(refused(Map.of("stubPKCS10Request", "")))
                .returns("Failed", PodVerdict::type)
                .returns("NoCertificationRequest", PodVerdict::reason);
        for (String bad :
                List.of(
                        "!",
                        "AAAA",
                        Base64.getEncoder().encodeToString(new byte[20_000]),
                        Base64.getEncoder()
                                .encodeToString(TestRequests.request().nameConstraints().der()))) {
            assertThat(refused(Map.of("stubPKCS10Request", bad)))
                    .returns("Failed", PodVerdict::type)
                    .returns("MalformedRequest", PodVerdict::reason);
        }
    }

    @Test
    void anIssuerOfANamespaceServesItsPodsOnly() throws Exception {
        GenericKubernetesResource request = request(Map.of());
        assertThat(PodRequestReader.read(request, IssuerRef.namespaced("shop", "mesh")))
                .isNotNull();
        assertThatThrownBy(
                        () -> PodRequestReader.read(request, IssuerRef.namespaced("bank", "mesh")))
                .isInstanceOfSatisfying(
                        UndecidableRequestException.class,
                        e -> assertThat(e.verdict().type()).isEqualTo("Denied"));
    }

    @Test
    void wantsWhatIsForItAndUndecided() throws Exception {
        GenericKubernetesResource request = request(Map.of());
        assertThat(PodCertificateRequests.isWanted(request)).isTrue();
        assertThat(PodCertificateRequests.isWanted(request(Map.of("signerName", "x.example/y"))))
                .isFalse();
        request.setAdditionalProperty(
                "status", Map.of("conditions", List.of(Map.of("type", "Denied"))));
        assertThat(PodCertificateRequests.isWanted(request)).isFalse();
    }
}
