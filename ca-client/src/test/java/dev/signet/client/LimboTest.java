package dev.signet.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

/// The cases of x509-limbo (C2SP) that do not depend on host names or CRLs, against the verifier of
/// SVIDs: its check of the leaf's usage and of the path. The data and its license are described
/// beside it. A case whose expected result is not this verifier's is listed here with the reason.
class LimboTest {

    private static final TrustDomain DOMAIN = new TrustDomain("example.org");
    private static final int MAX_PATHS = 64;

    /// Accepted though limbo expects a failure, by reason.
    private static final Map<String, String> ACCEPTED =
            Map.of(
                    "a peer is its URI SAN: no other name of it is looked at, well-formed or not",
                    """
                    cve::cve-2025-61727
                    rfc5280::nc::nc-forbids-dnsname-wildcard-san
                    rfc5280::nc::nc-permits-invalid-dns-san
                    rfc5280::nc::nc-permits-invalid-email-san
                    rfc5280::nc::nc-permits-invalid-ip-san
                    rfc5280::san::ip-in-dns
                    rfc5280::san::malformed
                    rfc5280::san::underscore-dns
                    """,
                    "a name constraint that matches nothing of its kind, and no name of that kind"
                            + " counts here",
                    """
                    rfc5280::nc::invalid-dnsname-leading-period
                    rfc5280::nc::invalid-ipv4-address
                    rfc5280::nc::invalid-ipv6-address
                    webpki::nc::intermediate-permitted-excluded-subtrees-both-empty-sequences
                    webpki::nc::intermediate-permitted-excluded-subtrees-both-null
                    """,
                    "name constraints of a leaf constrain nobody",
                    """
                    rfc5280::nc::not-allowed-in-ee-critical
                    rfc5280::nc::not-allowed-in-ee-noncritical
                    """,
                    "whether an extension is critical is the issuer's duty; it is honored either"
                            + " way, and policies are not used here",
                    """
                    rfc5280::aki::critical-aki
                    rfc5280::nc::permitted-dns-match-noncritical
                    rfc5280::pc::ica-noncritical-pc
                    rfc5280::root-non-critical-basic-constraints
                    webpki::eku::ee-critical-eku
                    """,
                    "key identifiers help to find a path; the path is given here, and signatures"
                            + " decide",
                    """
                    rfc5280::aki::cross-signed-root-missing-aki
                    rfc5280::aki::intermediate-missing-aki
                    rfc5280::aki::leaf-missing-aki
                    rfc5280::ski::intermediate-missing-ski
                    rfc5280::ski::root-missing-ski
                    webpki::aki::root-with-aki-all-fields
                    webpki::aki::root-with-aki-authoritycertissuer
                    webpki::aki::root-with-aki-authoritycertserialnumber
                    webpki::aki::root-with-aki-missing-keyidentifier
                    webpki::aki::root-with-aki-ski-mismatch
                    """,
                    "a rule for what CAs issue that leaves nothing to forge",
                    """
                    rfc5280::serial::too-long
                    rfc5280::serial::zero
                    webpki::malformed-aia
                    """,
                    "a rule of public CAs alone (CA/Browser Forum)",
                    """
                    webpki::eku::ee-anyeku
                    webpki::eku::root-has-eku
                    webpki::forbidden-rsa-key-not-divisible-by-8-in-leaf
                    webpki::forbidden-rsa-not-divisible-by-8-in-root
                    """);

    /// Refused though limbo expects a success, by reason.
    private static final Map<String, String> STRICTER =
            Map.of(
                    "a CA authenticates no workload (X.509-SVID 4.1)",
                    """
                    pathlen::validation-ignores-pathlen-in-leaf
                    rfc5280::ca-as-leaf
                    """,
                    "a leaf has digitalSignature and the purposes of its direction (X.509-SVID 4.3,"
                            + " 4.4)",
                    """
                    rfc5280::eku::ee-without-eku
                    rfc5280::no-keyusage
                    """,
                    "the JDK takes the common name of an intermediate without SANs for a DNS name",
                    """
                    rfc5280::nc::nc-forbids-alternate-chain-ica
                    """);

    private record Case(
            String id,
            boolean good,
            String purpose,
            Instant at,
            String leaf,
            List<String> others,
            List<String> roots) {}

    private static List<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(
                                        Objects.requireNonNull(
                                                LimboTest.class.getResourceAsStream(
                                                        "limbo/cases.tsv.gz"))),
                                StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] f = line.split("\t", -1);
                cases.add(
                        new Case(
                                f[0],
                                f[1].equals("SUCCESS"),
                                f[2].equals("SERVER")
                                        ? SvidVerifier.SERVER_AUTH
                                        : SvidVerifier.CLIENT_AUTH,
                                f[3].isEmpty()
                                        ? Instant.parse("2026-12-01T00:00:00Z")
                                        : OffsetDateTime.parse(f[3]).toInstant(),
                                f[4],
                                f[5].isEmpty() ? List.of() : List.of(f[5].split(",")),
                                f[6].isEmpty() ? List.of() : List.of(f[6].split(","))));
            }
        }
        return cases;
    }

    private static X509Certificate certificate(String base64) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(Base64.getDecoder().decode(base64)));
    }

    /// Null: accepted; otherwise why not. Other exceptions than a verifier's come out.
    private static String refusal(Case tried) {
        try {
            List<X509Certificate> roots = new ArrayList<>();
            for (String root : tried.roots) {
                roots.add(certificate(root));
            }
            List<X509Certificate> others = new ArrayList<>();
            for (String other : tried.others) {
                others.add(certificate(other));
            }
            X509Certificate leaf = certificate(tried.leaf);
            TrustBundle bundle = new TrustBundle(DOMAIN, 1, roots, Duration.ofMinutes(5));
            SvidVerifier.checkUsage(leaf, Set.of(tried.purpose));
            List<List<X509Certificate>> paths = new ArrayList<>();
            // A peer shows one path; limbo leaves its choice to the verifier.
            collect(List.of(leaf), others, paths);
            CertificateException last = new CertificateException("no path");
            for (List<X509Certificate> path : paths) {
                try {
                    SvidVerifier.verifyPath(path, bundle, tried.at, Set.of(tried.purpose));
                    return null;
                } catch (CertificateException e) {
                    last = e;
                }
            }
            return String.valueOf(last.getMessage());
        } catch (CertificateException | IllegalArgumentException e) {
            return e.getClass().getSimpleName() + ": " + e.getMessage();
        }
    }

    private static void collect(
            List<X509Certificate> path,
            List<X509Certificate> others,
            List<List<X509Certificate>> paths) {
        if (paths.size() >= MAX_PATHS || path.size() > SvidVerifier.MAX_CHAIN) {
            return;
        }
        paths.add(path);
        X509Certificate end = path.get(path.size() - 1);
        for (X509Certificate other : others) {
            if (!path.contains(other)
                    && other.getSubjectX500Principal().equals(end.getIssuerX500Principal())) {
                List<X509Certificate> longer = new ArrayList<>(path);
                longer.add(other);
                collect(longer, others, paths);
            }
        }
    }

    @Test
    void everyApplicableCaseEndsAsLimboExpectsOrIsListedWithItsReason() throws Exception {
        Set<String> accepted = new TreeSet<>();
        Map<String, String> refused = new TreeMap<>();
        int count = 0;
        for (Case each : cases()) {
            count++;
            String refusal = refusal(each);
            if (refusal == null && !each.good) {
                accepted.add(each.id);
            } else if (refusal != null && each.good) {
                refused.put(each.id, refusal);
            }
        }
        assertThat(count).isEqualTo(149);
        // Nothing more, and nothing less: a case that ends as expected leaves the list.
        assertThat(accepted).isEqualTo(ids(ACCEPTED));
        assertThat(refused.keySet()).as("%s", refused).isEqualTo(ids(STRICTER));
    }

    private static Set<String> ids(Map<String, String> lists) {
        Set<String> ids = new TreeSet<>();
        for (String list : lists.values()) {
            ids.addAll(List.of(list.strip().split("\\s+")));
        }
        return ids;
    }
}
