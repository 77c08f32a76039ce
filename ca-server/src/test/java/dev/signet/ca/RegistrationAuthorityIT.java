package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;

import dev.signet.ca.admin.ActOutcome;
import dev.signet.ca.admin.AdminActs;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.policy.Policies;
import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.CertificateServiceGrpc.CertificateServiceBlockingStub;
import dev.signet.proto.v1.IssueCertificateForSubjectRequest;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssuedCertificate;
import dev.signet.proto.v1.KeyUsage;
import dev.signet.proto.v1.OtherName;
import dev.signet.proto.v1.RenewCertificateRequest;
import dev.signet.proto.v1.RequestedAttributes;
import dev.signet.proto.v1.RequestedNames;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Certificates as a registration authority was asked for them: the whole server, over real ports,
/// by the policy of docs/examples/cert-manager-conformance.yaml.
class RegistrationAuthorityIT {

    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String UPN = "1.3.6.1.4.1.311.20.2.3";
    private static final Actor ANNA = new Actor("oidc", "issuer|anna", null);

    private static TestDatabase database;
    private static ServerRig.Site site;
    private static ServerRig rig;
    private static CertificateServiceBlockingStub authority;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        site = new ServerRig.Site();
        rig =
                ServerRig.start(
                        site,
                        database,
                        Map.of(
                                "signet.trust-domain", "cluster.local",
                                "signet.policy.max-lifetime", "420d",
                                "signet.ledger.partitions-ahead", "430d",
                                "signet.authority.issuing-lifetime", "800d",
                                "signet.authority.issuing-path-length", "1"));
        activate(Files.readString(Path.of("../docs/examples/cert-manager-conformance.yaml")));
        KeyPair keys = ServerRig.newKeys();
        IssuedCertificate own =
                ServerRig.with(
                                rig.certificates(),
                                "Bearer " + site.serviceAccountToken("signet", "signet-issuer"))
                        .issueCertificate(
                                IssueCertificateRequest.newBuilder()
                                        .setCertificateSigningRequest(csr(keys))
                                        .build())
                        .getCertificate();
        authority = CertificateServiceGrpc.newBlockingStub(rig.channel(keys, ServerRig.chain(own)));
    }

    private static void activate(String document) {
        AdminActs acts = rig.server.part(AdminActs.class);
        String before = rig.server.part(Policies.class).current().version();
        if (!(acts.createPolicy(ANNA, document, "test") instanceof ActOutcome.Done<Long> done)) {
            throw new AssertionError("not accepted");
        }
        assertThat(acts.activatePolicy(ANNA, done.value(), "0", "test"))
                .isInstanceOf(ActOutcome.Done.class);
        await().until(() -> !rig.server.part(Policies.class).current().version().equals(before));
    }

    @AfterAll
    static void stop() {
        rig.close();
        site.close();
        database.close();
    }

    private static ByteString csr(KeyPair keys) throws Exception {
        return ByteString.copyFrom(ServerRig.csr(keys));
    }

    private static IssueCertificateForSubjectRequest.Builder request(KeyPair keys, String name)
            throws Exception {
        return IssueCertificateForSubjectRequest.newBuilder()
                .setCertificateSigningRequest(csr(keys))
                .setSubject("cluster/CertificateRequest/shop/" + name + "/uid")
                .putAttributes("kind", "CertificateRequest")
                .putAttributes("namespace", "shop")
                .putAttributes("name", name)
                .setLifetime(Duration.newBuilder().setSeconds(90 * 86_400 + 1));
    }

    private static IssuedCertificate issue(IssueCertificateForSubjectRequest.Builder request) {
        return authority.issueCertificateForSubject(request.build()).getCertificate();
    }

    private static String refusal(IssueCertificateForSubjectRequest.Builder request)
            throws Exception {
        return reason(() -> issue(request));
    }

    private interface Call {
        void run() throws Exception;
    }

    private static String reason(Call call) throws Exception {
        StatusRuntimeException refused =
                catchThrowableOfType(StatusRuntimeException.class, call::run);
        return refused == null ? "" : ServerRig.reason(refused);
    }

    private static void verify(List<X509Certificate> chain) throws Exception {
        PKIXParameters parameters =
                new PKIXParameters(
                        rig.roots().stream()
                                .map(root -> new TrustAnchor(root, null))
                                .collect(Collectors.toSet()));
        parameters.setRevocationEnabled(false);
        CertPathValidator.getInstance("PKIX")
                .validate(
                        CertificateFactory.getInstance("X.509").generateCertPath(chain),
                        parameters);
    }

    /// DC as IA5String, the common name as UTF8String.
    private static byte[] subject(String commonName) throws Exception {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.DC, new DERIA5String("example"))
                .addRDN(BCStyle.O, new DERUTF8String("Bücher, Söhne"))
                .addRDN(BCStyle.CN, new DERUTF8String(commonName))
                .build()
                .getEncoded("DER");
    }

    @Test
    void R10_theCertificateSaysWhatWasRequestedAndNothingOfTheCertificationRequest()
            throws Exception {
        byte[] subject = subject("web.shop.example.com");
        KeyPair keys = ServerRig.newKeys();
        IssuedCertificate issued =
                issue(
                        request(keys, "web-1")
                                .setNames(
                                        RequestedNames.newBuilder()
                                                .addDnsNames("*.shop.example.com")
                                                .addIpAddresses("192.0.2.7")
                                                .addEmailAddresses("ops@example.com")
                                                .addUris("https://example.com/a,b")
                                                .addOtherNames(
                                                        OtherName.newBuilder()
                                                                .setTypeId(UPN)
                                                                .setUtf8Value(
                                                                        "a,DNS:evil.example\\")))
                                .setCertificate(
                                        RequestedAttributes.newBuilder()
                                                .setSubject(ByteString.copyFrom(subject))
                                                .addKeyUsages(KeyUsage.KEY_USAGE_DIGITAL_SIGNATURE)
                                                .addKeyUsages(KeyUsage.KEY_USAGE_KEY_AGREEMENT)
                                                .addKeyUsages(KeyUsage.KEY_USAGE_DECIPHER_ONLY)
                                                .addExtendedKeyUsages(CLIENT_AUTH)
                                                .addExtendedKeyUsages(SERVER_AUTH)));

        assertThat(issued.getSpiffeId())
                .isEqualTo("spiffe://cluster.local/cert-manager/shop/web-1");
        List<X509Certificate> chain = ServerRig.chain(issued);
        verify(chain);
        X509Certificate leaf = chain.getFirst();
        X509CertificateHolder holder = new X509CertificateHolder(leaf.getEncoded());
        assertThat(holder.toASN1Structure().getSubject().getEncoded()).isEqualTo(subject);
        assertThat(leaf.getPublicKey()).isEqualTo(keys.getPublic());
        assertThat(leaf.getKeyUsage())
                .containsExactly(true, false, false, false, true, false, false, false, true);
        assertThat(leaf.getExtendedKeyUsage()).containsExactly(CLIENT_AUTH, SERVER_AUTH);
        assertThat(leaf.getNonCriticalExtensionOIDs()).contains("2.5.29.17");
        List<GeneralName> names =
                List.of(
                        GeneralNames.fromExtensions(
                                        holder.getExtensions(), Extension.subjectAlternativeName)
                                .getNames());
        assertThat(names)
                .extracting(GeneralName::getTagNo)
                .containsExactly(
                        GeneralName.dNSName,
                        GeneralName.iPAddress,
                        GeneralName.rfc822Name,
                        GeneralName.uniformResourceIdentifier,
                        GeneralName.otherName);
        assertThat(
                        java.time.Duration.between(
                                leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant()))
                .isEqualTo(java.time.Duration.ofDays(90));

        assertThat(found("spiffe://cluster.local/cert-manager/shop/web-1"))
                .containsExactly(issued.getSerialNumber());
        assertThat(found("otherName:" + UPN + ";UTF8:a,DNS:evil.example\\"))
                .containsExactly(issued.getSerialNumber());
        assertThat(found("URI:https://example.com/a,b")).containsExactly(issued.getSerialNumber());
        assertThat(found("evil.example")).isEmpty();
        assertThat(records("spiffe://cluster.local/cert-manager/shop/web-1").getFirst().subject())
                .isEqualTo("CN=web.shop.example.com,O=Bücher\\, Söhne,DC=example");
    }

    private static List<CertificateRecords.CertificateRecord> records(String name) {
        return rig.server
                .part(CertificateRecords.class)
                .search(
                        CertificateRecords.Criteria.builder().subjectAlternativeName(name).build(),
                        10,
                        null)
                .records();
    }

    private static List<String> found(String name) {
        return records(name).stream().map(record -> record.serialNumber().hex()).toList();
    }

    @Test
    void aSubjectAloneMakesACertificateWithoutFurtherNames() throws Exception {
        IssuedCertificate issued =
                issue(
                        request(ServerRig.newKeys(), "nameless")
                                .setCertificate(
                                        RequestedAttributes.newBuilder()
                                                .setSubject(
                                                        ByteString.copyFrom(subject("nameless")))));
        List<X509Certificate> chain = ServerRig.chain(issued);
        verify(chain);
        assertThat(chain.getFirst().getSubjectAlternativeNames()).isNull();
        assertThat(refusal(request(ServerRig.newKeys(), "nobody")))
                .isEqualTo("SUBJECT_NOT_GRANTED");
    }

    @Test
    void R18_theSameRequestGivesTheSameCertificate() throws Exception {
        IssueCertificateForSubjectRequest.Builder request =
                request(ServerRig.newKeys(), "again")
                        .setNames(RequestedNames.newBuilder().addDnsNames("again.example"))
                        .setRequestId(ServerIT.uuidV7().toString());
        IssuedCertificate first = issue(request);
        for (int i = 0; i < 20; i++) {
            assertThat(issue(request).getCertificateChain(0))
                    .isEqualTo(first.getCertificateChain(0));
        }
        assertThat(refusal(request.setSubject("somebody else"))).isEqualTo("REQUEST_ID_REUSED");
    }

    @Test
    void aSpiffeIdThatIsAskedForIsWritten() throws Exception {
        String id = "spiffe://cluster.local/ns/sandbox/sa/foo";
        IssuedCertificate issued = issue(request(ServerRig.newKeys(), "svid").setSpiffeId(id));

        assertThat(issued.getSpiffeId()).isEqualTo(id);
        assertThat(ServerRig.chain(issued).getFirst().getSubjectAlternativeNames())
                .containsExactly(List.of(6, id));
    }

    @Test
    void refusesWhatPolicyOrTheKeyDoesNotAllow() throws Exception {
        KeyPair keys = ServerRig.newKeys();
        IssueCertificateForSubjectRequest.Builder good =
                request(keys, "refused")
                        .setNames(RequestedNames.newBuilder().addDnsNames("refused.example"));
        assertThat(
                        refusal(
                                good.clone()
                                        .setCertificate(
                                                RequestedAttributes.newBuilder()
                                                        .addKeyUsages(
                                                                KeyUsage
                                                                        .KEY_USAGE_DIGITAL_SIGNATURE)
                                                        .addKeyUsages(
                                                                KeyUsage
                                                                        .KEY_USAGE_KEY_ENCIPHERMENT))))
                .isEqualTo("USAGE_NOT_GRANTED");
        assertThat(
                        refusal(
                                good.clone()
                                        .setCertificate(
                                                RequestedAttributes.newBuilder()
                                                        .addExtendedKeyUsages(
                                                                "1.3.6.1.5.5.7.3.9"))))
                .isEqualTo("USAGE_NOT_GRANTED");
        assertThat(
                        refusal(
                                good.clone()
                                        .setCertificate(
                                                RequestedAttributes.newBuilder()
                                                        .addKeyUsagesValue(77))))
                .isEqualTo("INVALID_ARGUMENT");
        assertThat(
                        refusal(
                                good.clone()
                                        .setCertificate(
                                                RequestedAttributes.newBuilder()
                                                        .setSubject(
                                                                ByteString.copyFromUtf8("CN=a")))))
                .isEqualTo("INVALID_ARGUMENT");
        assertThat(refusal(good.clone().putAttributes("kind", "Other"))).isEqualTo("POLICY_DENIED");
        String bearer = "Bearer " + site.serviceAccountToken("signet", "signet-issuer");
        assertThat(
                        reason(() ->
                                ServerRig.with(rig.certificates(), bearer)
                                        .issueCertificate(
                                                IssueCertificateRequest.newBuilder()
                                                        .setCertificateSigningRequest(csr(keys))
                                                        .setNames(
                                                                RequestedNames.newBuilder()
                                                                        .addOtherNames(
                                                                                OtherName
                                                                                        .newBuilder()
                                                                                        .setTypeId(
                                                                                                UPN)
                                                                                        .setUtf8Value(
                                                                                                "a")))
                                                        .build())))
                .isEqualTo("INVALID_ARGUMENT");
    }

    /// It is no SVID, whatever it looks like otherwise.
    @Test
    void aCertificateWhoseIdentityIsOnRecordOnlyProvesNothing() throws Exception {
        KeyPair keys = ServerRig.newKeys();
        IssuedCertificate issued =
                issue(
                        request(keys, "evidence")
                                .setNames(
                                        RequestedNames.newBuilder()
                                                .addDnsNames("signet-issuer.signet.svc")));
        provesNothing(keys, ServerRig.chain(issued));
    }

    private static void provesNothing(KeyPair keys, List<X509Certificate> chain) throws Exception {
        var stub = CertificateServiceGrpc.newBlockingStub(rig.channel(keys, chain));
        StatusRuntimeException refused =
                catchThrowableOfType(
                        StatusRuntimeException.class,
                        () ->
                                stub.renewCertificate(
                                        RenewCertificateRequest.newBuilder()
                                                .setCertificateSigningRequest(csr(keys))
                                                .build()));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(ServerRig.reason(refused)).isEqualTo("UNAUTHENTICATED");
        assertThat(
                        reason(() ->
                                stub.issueCertificateForSubject(
                                        request(ServerRig.newKeys(), "forged").build())))
                .isEqualTo("UNAUTHENTICATED");
    }

    @Test
    void R16_whoeverGotAnUnconstrainedCaIsNobodyHereByIt() throws Exception {
        KeyPair keys = ServerRig.newKeys();
        IssuedCertificate issued =
                issue(
                        request(keys, "ca-1")
                                .setLifetime(Duration.newBuilder().setSeconds(10_000 * 3_600 + 1))
                                .setCertificate(
                                        RequestedAttributes.newBuilder()
                                                .setSubject(ByteString.copyFrom(subject("A CA")))
                                                .addKeyUsages(KeyUsage.KEY_USAGE_DIGITAL_SIGNATURE)
                                                .addKeyUsages(KeyUsage.KEY_USAGE_KEY_CERT_SIGN)
                                                .setCertificateAuthority(true)));
        List<X509Certificate> chain = ServerRig.chain(issued);
        verify(chain);
        X509Certificate ca = chain.getFirst();
        assertThat(ca.getBasicConstraints()).isZero();
        assertThat(ca.getSubjectAlternativeNames()).isNull();
        assertThat(ca.getCriticalExtensionOIDs())
                .containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19");

        KeyPair forgedKeys = ServerRig.newKeys();
        X509Certificate forged =
                new JcaX509CertificateConverter()
                        .getCertificate(
                                new JcaX509v3CertificateBuilder(
                                                ca,
                                                BigInteger.TWO,
                                                Date.from(Instant.now().minusSeconds(60)),
                                                Date.from(Instant.now().plusSeconds(3_600)),
                                                new X500Name("CN=forged"),
                                                forgedKeys.getPublic())
                                        .addExtension(
                                                Extension.basicConstraints,
                                                true,
                                                new BasicConstraints(false))
                                        .addExtension(
                                                Extension.keyUsage,
                                                true,
                                                new org.bouncycastle.asn1.x509.KeyUsage(
                                                        org.bouncycastle.asn1.x509.KeyUsage
                                                                .digitalSignature))
                                        .addExtension(
                                                Extension.extendedKeyUsage,
                                                false,
                                                new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth))
                                        .addExtension(
                                                Extension.subjectAlternativeName,
                                                false,
                                                new GeneralNames(
                                                        new GeneralName(
                                                                GeneralName
                                                                        .uniformResourceIdentifier,
                                                                "spiffe://cluster.local/ns/signet/sa/signet-issuer")))
                                        .build(
                                                new JcaContentSignerBuilder("SHA256withECDSA")
                                                        .build(keys.getPrivate())));
        List<X509Certificate> below = new ArrayList<>(List.of(forged));
        below.addAll(chain);
        verify(below);
        provesNothing(forgedKeys, below);
    }

    @Test
    void aCaIsNotNamedAsTheOneThatIssuesToIt() throws Exception {
        KeyPair keys = ServerRig.newKeys();
        X509Certificate issuer =
                ServerRig.chain(
                                issue(
                                        request(keys, "probe")
                                                .setNames(
                                                        RequestedNames.newBuilder()
                                                                .addDnsNames("probe.example"))))
                        .get(1);
        byte[] same =
                new X509CertificateHolder(issuer.getEncoded())
                        .toASN1Structure()
                        .getSubject()
                        .getEncoded();
        assertThat(
                        refusal(
                                request(keys, "same")
                                        .setCertificate(
                                                RequestedAttributes.newBuilder()
                                                        .setSubject(ByteString.copyFrom(same))
                                                        .addKeyUsages(
                                                                KeyUsage.KEY_USAGE_KEY_CERT_SIGN)
                                                        .setCertificateAuthority(true))))
                .isEqualTo("SUBJECT_NOT_GRANTED");
    }
}
