package dev.signet.ca.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;

import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.proto.v1.KeyUsage;
import dev.signet.proto.v1.OtherName;
import dev.signet.proto.v1.RequestedAttributes;
import dev.signet.proto.v1.RequestedNames;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

class RequestFieldsTest {

    private final RequestFields fields = new RequestFields();

    @Test
    void readsNamesOfEachKind() throws Exception {
        AlternativeNames names =
                fields.names(
                        RequestedNames.newBuilder()
                                .addDnsNames("orders.shop.svc")
                                .addDnsNames("*.example.org")
                                .addIpAddresses("192.0.2.7")
                                .addIpAddresses("2001:db8::7")
                                .addEmailAddresses("ops@example.org")
                                .addUris("https://example.org/orders")
                                .build());

        assertThat(fields.objection()).isNull();
        assertThat(names.dnsNames()).containsExactly("orders.shop.svc", "*.example.org");
        assertThat(names.ipAddresses())
                .containsExactly(
                        InetAddress.ofLiteral("192.0.2.7"), InetAddress.ofLiteral("2001:db8::7"));
        assertThat(names.emailAddresses()).containsExactly("ops@example.org");
        assertThat(names.uris()).containsExactly("https://example.org/orders");
    }

    @Test
    void leavesOutWhatIsNotGiven() {
        assertThat(fields.names(RequestedNames.getDefaultInstance()).isEmpty()).isTrue();
        assertThat(fields.spiffeId("")).isNull();
        assertThat(fields.profile("")).isNull();
        assertThat(fields.requestId("")).isNull();
        assertThat(fields.lifetime(false, Duration.getDefaultInstance())).isNull();
        assertThat(fields.objection()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "1",
                "1.2.3",
                "1.2.3.256",
                "1.2.3.4.5",
                "010.0.0.1",
                "10.0.0.01",
                "0x7f.0.0.1",
                "::ffff:192.0.2.7",
                "fe80::1%eth0",
                "[::1]",
                "2001:db8::/32",
                "192.0.2.7 ",
                "",
                "١.٢.٣.٤"
            })
    void refusesWhatIsNoAddressAndNeverLooksItUp(String text) {
        fields.names(RequestedNames.newBuilder().addIpAddresses(text).build());

        assertObjection("names.ip_addresses");
    }

    @Test
    void namesTheKindOfNameThatIsWrong() {
        assertThat(objection(RequestedNames.newBuilder().addDnsNames("Orders.shop")))
                .containsEntry("field", "names.dns_names");
        assertThat(objection(RequestedNames.newBuilder().addDnsNames("a").addDnsNames("a")))
                .containsEntry("field", "names.dns_names");
        assertThat(objection(RequestedNames.newBuilder().addEmailAddresses("ops@")))
                .containsEntry("field", "names.email_addresses");
        assertThat(objection(RequestedNames.newBuilder().addUris("spiffe://example.org/admin")))
                .containsEntry("field", "names.uris");
        assertThat(
                        objection(
                                RequestedNames.newBuilder()
                                        .addIpAddresses("2001:db8::1")
                                        .addIpAddresses("2001:DB8:0::1")))
                .containsEntry("field", "names.ip_addresses");
        RequestedNames.Builder many = RequestedNames.newBuilder();
        IntStream.range(0, 101).forEach(i -> many.addDnsNames("n" + i));
        assertThat(objection(many)).containsEntry("field", "names");
    }

    @Test
    void boundsWhatARegistrationAuthorityReports() {
        assertThat(reported(Map.of("a.b-9", "x".repeat(1024), "c", ""))).isNull();
        assertThat(reported(Map.of())).isNull();
        assertThat(reported(Map.of("A", "x"))).containsEntry("field", "attributes");
        assertThat(reported(Map.of("", "x"))).containsEntry("field", "attributes");
        assertThat(reported(Map.of("a".repeat(65), "x"))).containsEntry("field", "attributes");
        assertThat(reported(Map.of("a", "x".repeat(1025)))).containsEntry("field", "attributes");
        assertThat(reported(Map.of("a", "x\ny"))).containsEntry("field", "attributes");
        assertThat(reported(Map.of("a", "\0"))).containsEntry("field", "attributes");
        assertThat(reported(entries(64, 10))).isNull();
        assertThat(reported(entries(65, 1))).containsEntry("field", "attributes");
        assertThat(reported(entries(17, 1024))).containsEntry("field", "attributes");
    }

    @Test
    void boundsTheSubject() {
        for (String text : List.of("", "x".repeat(1025), "a\u0007", "a\u0085")) {
            RequestFields each = new RequestFields();
            each.subject(text);
            assertThat(each.objection()).as(text).isNotNull();
        }
        fields.subject("namespace/name é");
        assertThat(fields.objection()).isNull();
    }

    @Test
    void otherNamesAreForRegistrationAuthorities() {
        RequestedNames names =
                RequestedNames.newBuilder()
                        .addOtherNames(other("1.3.6.1.4.1.311.20.2.3", "ops@example.org"))
                        .build();
        assertThat(fields.allNames(names).otherNames())
                .containsExactly(
                        new dev.signet.ca.certificate.OtherName(
                                "1.3.6.1.4.1.311.20.2.3", "ops@example.org"));
        assertThat(fields.objection()).isNull();

        fields.names(names);
        assertObjection("names.other_names");
        for (OtherName.Builder bad :
                List.of(other("upn", "a"), other("1.2.3", ""), other("1.2.3", "a\0"))) {
            RequestFields each = new RequestFields();
            each.allNames(RequestedNames.newBuilder().addOtherNames(bad).build());
            assertThat(metadata(each)).containsEntry("field", "names.other_names");
        }
        RequestedNames.Builder many = RequestedNames.newBuilder();
        IntStream.range(0, 101).forEach(i -> many.addOtherNames(other("1.2." + i, "a")));
        RequestFields each = new RequestFields();
        each.allNames(many.build());
        assertThat(metadata(each)).containsEntry("field", "names");
    }

    private static OtherName.Builder other(String type, String value) {
        return OtherName.newBuilder().setTypeId(type).setUtf8Value(value);
    }

    @Test
    void boundsWhatIsRequestedOfTheCertificate() {
        assertThat(fields.certificate(false, RequestedAttributes.getDefaultInstance())).isNull();
        byte[] name = new javax.security.auth.x500.X500Principal("CN=shop").getEncoded();
        var requested =
                fields.certificate(
                        true,
                        RequestedAttributes.newBuilder()
                                .setSubject(ByteString.copyFrom(name))
                                .addKeyUsages(KeyUsage.KEY_USAGE_DECIPHER_ONLY)
                                .addExtendedKeyUsages("1.2.3")
                                .setCertificateAuthority(true)
                                .build());
        assertThat(fields.objection()).isNull();
        assertThat(requested.subject().der()).isEqualTo(name);
        assertThat(requested.keyUsages())
                .containsExactly(dev.signet.ca.certificate.KeyUsage.DECIPHER_ONLY);
        assertThat(requested.extendedKeyUsages()).containsExactly("1.2.3");
        assertThat(requested.certificateAuthority()).isTrue();
        for (KeyUsage usage : KeyUsage.values()) {
            boolean exists =
                    usage != KeyUsage.UNRECOGNIZED && usage != KeyUsage.KEY_USAGE_UNSPECIFIED;
            if (usage != KeyUsage.UNRECOGNIZED) {
                assertThat(requested(RequestedAttributes.newBuilder().addKeyUsages(usage)) == null)
                        .as("%s", usage)
                        .isEqualTo(exists);
            }
        }

        String usages = "certificate.key_usages";
        String purposes = "certificate.extended_key_usages";
        assertThat(requested(RequestedAttributes.newBuilder().addKeyUsagesValue(99)))
                .containsEntry("field", usages);
        assertThat(
                        requested(
                                RequestedAttributes.newBuilder()
                                        .addKeyUsages(KeyUsage.KEY_USAGE_CRL_SIGN)
                                        .addKeyUsages(KeyUsage.KEY_USAGE_CRL_SIGN)))
                .containsEntry("field", usages);
        assertThat(requested(RequestedAttributes.newBuilder().addExtendedKeyUsages("serverAuth")))
                .containsEntry("field", purposes);
        assertThat(
                        requested(
                                RequestedAttributes.newBuilder()
                                        .addExtendedKeyUsages("1.2.3")
                                        .addExtendedKeyUsages("1.2.3")))
                .containsEntry("field", purposes);
        RequestedAttributes.Builder many = RequestedAttributes.newBuilder();
        IntStream.range(0, 17).forEach(i -> many.addExtendedKeyUsages("1.2." + i));
        assertThat(requested(many)).containsEntry("field", purposes);
        for (int length : List.of(1, 2048, 2049, 16_000)) {
            assertThat(
                            requested(
                                    RequestedAttributes.newBuilder()
                                            .setSubject(ByteString.copyFrom(new byte[length]))))
                    .containsEntry("field", "certificate.subject");
        }
    }

    private static Map<String, String> requested(RequestedAttributes.Builder requested) {
        RequestFields each = new RequestFields();
        each.certificate(true, requested.build());
        return metadata(each);
    }

    @Test
    void keepsTheFirstObjection() {
        fields.profile("Not A Profile");
        fields.spiffeId("https://example.org");
        fields.certificationRequest(ByteString.copyFrom(new byte[16 * 1024 + 1]));

        assertObjection("profile");
    }

    private static Map<String, String> objection(RequestedNames.Builder names) {
        RequestFields each = new RequestFields();
        each.names(names.build());
        return metadata(each);
    }

    private static Map<String, String> reported(Map<String, String> attributes) {
        RequestFields each = new RequestFields();
        each.attributes(attributes);
        return metadata(each);
    }

    private static Map<String, String> metadata(RequestFields fields) {
        Refusal objection = fields.objection();
        return objection == null ? null : objection.metadata();
    }

    private static Map<String, String> entries(int count, int length) {
        Map<String, String> entries = new HashMap<>();
        IntStream.range(0, count).forEach(i -> entries.put("k" + i, "v".repeat(length)));
        return entries;
    }

    private void assertObjection(String field) {
        assertThat(fields.objection())
                .isNotNull()
                .satisfies(objection -> {
                    assertThat(objection.code()).isEqualTo(RefusalCode.INVALID_ARGUMENT);
                    assertThat(objection.metadata()).containsEntry("field", field);
                });
    }
}
