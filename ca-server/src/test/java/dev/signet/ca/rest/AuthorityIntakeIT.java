package dev.signet.ca.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/// An offline root and CAs of others, made by openssl, through the admin API of the real server.
class AuthorityIntakeIT {

    private static final String SECRET = "canary-passphrase-5d1f";
    private static final String GOOD =
            "basicConstraints=critical,CA:TRUE,pathlen:0\n"
                    + "keyUsage=critical,keyCertSign,cRLSign\n"
                    + "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";

    @TempDir Path files;
    private RestRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new RestRig();
        root("root", "/CN=Offline Root", "critical,CA:TRUE");
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private String openssl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .directory(files.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s: %s", command, said).isZero();
        return said;
    }

    private void root(String name, String subject, String constraints) throws Exception {
        openssl(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-384",
                "-nodes",
                "-keyout",
                name + ".key",
                "-out",
                name + ".pem",
                "-days",
                "3650",
                "-subj",
                subject,
                "-addext",
                "basicConstraints=" + constraints,
                "-addext",
                "keyUsage=critical,keyCertSign,cRLSign");
    }

    /// The request, signed by a root.
    private String sign(String request, String root, String extensions, String... validity)
            throws Exception {
        Files.writeString(files.resolve("request.pem"), request);
        Files.writeString(files.resolve("extensions"), extensions);
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "x509",
                                "-req",
                                "-in",
                                "request.pem",
                                "-CA",
                                root + ".pem",
                                "-CAkey",
                                root + ".key",
                                "-extfile",
                                "extensions",
                                "-out",
                                "issuing.pem"));
        arguments.addAll(List.of(validity));
        openssl(arguments.toArray(String[]::new));
        return read("issuing.pem");
    }

    private String read(String file) throws Exception {
        return Files.readString(files.resolve(file));
    }

    private String requested() throws Exception {
        HttpResponse<String> response = post("request", Map.of());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return RestRig.json(response).path("pem").stringValue("");
    }

    private HttpResponse<String> post(String act, Map<String, Object> fields) throws Exception {
        Map<String, Object> body = new LinkedHashMap<>(fields);
        body.put("reason", "a test");
        return rig.send(
                RestRig.write(
                        rig.operator("/v1/authorities/" + act).header("If-Match", tag()),
                        "POST",
                        RestRig.JSON.writeValueAsString(body)));
    }

    private String tag() throws Exception {
        return rig.get("/v1/authorities").headers().firstValue("ETag").orElseThrow();
    }

    private HttpResponse<String> accept(String certificates) throws Exception {
        return post("accept", Map.of("certificates", certificates));
    }

    private static Map<String, String> done(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        Map<String, String> ids = new LinkedHashMap<>();
        for (JsonNode one : RestRig.json(response).path("changed")) {
            assertThat(one.path("after").stringValue("")).isEqualTo("prepared");
            ids.put(one.path("role").stringValue(""), one.path("id").stringValue(""));
        }
        return ids;
    }

    private void refused(HttpResponse<String> response, String what) {
        assertThat(RestRig.code(response)).as(response.body()).isEqualTo("AUTHORITY_NOT_ACCEPTED");
        assertThat(RestRig.json(response).path("detail").stringValue("")).contains(what);
        assertThat(response.body()).doesNotContain(SECRET);
    }

    /// Activates it, gets a certificate, and has openssl verify that under the root.
    private void signsUnder(String issuing, String rootFile) throws Exception {
        // Its connection, which knows the first root only, is made before.
        RestRig.Held _ = rig.certificate("/apps/shop", Duration.ofMinutes(10));
        HttpResponse<String> activated = post("" + issuing + "/activate", Map.of("override", true));
        assertThat(activated.statusCode()).as(activated.body()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(10))
                .until(() ->
                        RestRig.json(rig.get("/v1/authorities/" + issuing))
                                .path("state")
                                .stringValue("")
                                .equals("active"));
        RestRig.Held held = rig.certificate("/apps/shop", Duration.ofMinutes(10));
        StringBuilder above = new StringBuilder();
        for (int i = 0; i < held.chain().size(); i++) {
            String pem =
                    "-----BEGIN CERTIFICATE-----\n"
                            + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                    .encodeToString(held.chain().get(i).getEncoded())
                            + "\n-----END CERTIFICATE-----\n";
            if (i == 0) {
                Files.writeString(files.resolve("leaf.pem"), pem);
            } else {
                above.append(pem);
            }
        }
        Files.writeString(files.resolve("chain.pem"), above);
        assertThat(
                        openssl(
                                "verify",
                                "-x509_strict",
                                "-CAfile",
                                rootFile,
                                "-untrusted",
                                "chain.pem",
                                "leaf.pem"))
                .contains("leaf.pem: OK");
    }

    @Test
    void anIssuingCaThatAnOfflineRootSignedSignsAndOpensslVerifiesIt() throws Exception {
        String request = requested();
        Files.writeString(files.resolve("request.pem"), request);
        assertThat(openssl("req", "-in", "request.pem", "-noout", "-verify", "-text"))
                .contains("CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign", "O = signet.test");
        String issuing = sign(request, "root", GOOD, "-days", "365");
        Map<String, String> ids = done(accept(issuing + read("root.pem")));
        assertThat(ids).containsOnlyKeys("root", "issuing");
        // Once is enough: the request is over.
        refused(accept(issuing + read("root.pem")), "no certificate in it has the key");
        // The second goes under the root that is on record now, which need not be given again.
        Map<String, String> second = done(accept(sign(requested(), "root", GOOD, "-days", "100")));
        assertThat(second).containsOnlyKeys("issuing");
        signsUnder(ids.get("issuing"), "root.pem");
        assertThat(rig.get("/v1/audit-events").body()).contains("authority.accept");
    }

    @Test
    void R6_whatIsNotAsItMustBeIsRefusedAndNothingChanges() throws Exception {
        String before = tag();
        String request = requested();
        String root = read("root.pem");
        refused(accept(root), "no certificate in it has the key");
        openssl(
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                "other.key",
                "-out",
                "other.csr",
                "-subj",
                "/CN=Other");
        refused(
                accept(sign(read("other.csr"), "root", GOOD, "-days", "365") + root),
                "no certificate in it has the key");
        refused(
                accept(
                        sign(
                                        request,
                                        "root",
                                        GOOD.replace("CA:TRUE,pathlen:0", "CA:FALSE"),
                                        "-days",
                                        "365")
                                + root),
                "basicConstraints");
        refused(
                accept(sign(request, "root", GOOD.replace(",cRLSign", ""), "-days", "365") + root),
                "cRLSign");
        // Over at once.
        refused(accept(sign(request, "root", GOOD, "-days", "0") + root), "is valid from");
        refused(accept(sign(request, "root", GOOD, "-days", "9000") + root), "not longer than");
        refused(
                accept(sign(request, "root", GOOD, "-days", "365")),
                "no certificate of the issuer");
        root("twin", "/CN=Offline Root", "critical,CA:TRUE");
        refused(
                accept(sign(request, "root", GOOD, "-days", "365") + read("twin.pem")),
                "does not verify");
        refused(
                accept(sign(request, "root", GOOD, "-days", "365") + root + read("twin.pem")),
                "does not belong");
        root("short", "/CN=Short Root", "critical,CA:TRUE,pathlen:0");
        refused(
                accept(sign(request, "short", GOOD, "-days", "365") + read("short.pem")),
                "path length");
        refused(accept("garbage"), "no certificate");
        refused(
                accept(sign(request, "root", GOOD, "-days", "365") + root + read("root.key")),
                "private key");
        assertThat(RestRig.code(accept("x".repeat(70_000)))).isEqualTo("INVALID_ARGUMENT");
        assertThat(tag()).isEqualTo(before);
        // The request is as good as before.
        assertThat(done(accept(sign(request, "root", GOOD, "-days", "365") + root))).hasSize(2);
    }

    /// The key was bound to the reason alone: another CA got the first one's answer.
    @Test
    void anImportIsRepeatedAsItWasAndAnotherWithItsKeyIsRefused() throws Exception {
        root("second", "/CN=Second Root", "critical,CA:TRUE");
        String key = java.util.UUID.randomUUID().toString();
        String tag = tag();
        String first = read("root.pem") + read("root.key");
        HttpResponse<String> imported = imported(key, tag, Map.of("pem", first));
        assertThat(done(imported)).hasSize(2);
        HttpResponse<String> again = imported(key, tag, Map.of("pem", first));
        assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(imported.body());
        for (Map<String, Object> other :
                List.<Map<String, Object>>of(
                        Map.of("pem", read("second.pem") + read("second.key")),
                        Map.of("pem", first, "passphrase", SECRET),
                        Map.of(
                                "pkcs12",
                                Base64.getEncoder()
                                        .encodeToString(first.getBytes(StandardCharsets.UTF_8))))) {
            HttpResponse<String> refused = imported(key, tag, other);
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
            assertThat(RestRig.code(refused)).isEqualTo("IDEMPOTENCY_KEY_REUSED");
        }
    }

    /// A root, an issuing CA below it with its key, and a leaf of the issuing CA for the ID, which
    /// no ledger has.
    private RestRig.Held importedAndSigned(String extensions, String id) throws Exception {
        openssl(
                "req",
                "-new",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                "ca.key",
                "-out",
                "ca.csr",
                "-subj",
                "/CN=Own Issuing CA");
        String ca = sign(read("ca.csr"), "root", extensions, "-days", "365");
        Files.writeString(files.resolve("ca.pem"), ca);
        done(post("import", Map.of("pem", ca + read("root.pem") + read("ca.key"))));
        openssl(
                "req",
                "-new",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                "leaf.key",
                "-out",
                "leaf.csr",
                "-subj",
                "/CN=x");
        String leaf =
                sign(
                        read("leaf.csr"),
                        "ca",
                        "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
                                + "extendedKeyUsage=clientAuth\nsubjectAltName=URI:"
                                + id
                                + "\nauthorityKeyIdentifier=keyid\n",
                        "-days",
                        "1");
        String key = read("leaf.key").replaceAll("-----[A-Z ]+-----|\\s", "");
        List<X509Certificate> chain = new ArrayList<>();
        for (String pem : List.of(leaf, ca)) {
            chain.add(
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(
                                            new ByteArrayInputStream(
                                                    pem.getBytes(StandardCharsets.US_ASCII))));
        }
        return new RestRig.Held(
                KeyFactory.getInstance("EC")
                        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(key))),
                chain);
    }

    @Test
    void aCertificateThatIsNotOnRecordNeitherProposesNorApproves() throws Exception {
        rig.close();
        rig = new RestRig(Map.of("signet.approval.four-eyes[0]", "policy.activate"));
        RestRig.Held ghost = importedAndSigned(GOOD, "spiffe://signet.test/signet/operator/ghost");
        java.net.http.HttpClient client = rig.client(ghost.key(), ghost.chain());
        await().atMost(30, TimeUnit.SECONDS)
                .untilAsserted(() ->
                        assertThat(RestRig.send(client, rig.request("/v1/me").build()).statusCode())
                                .isEqualTo(200));
        String document =
                "{\"document\":\"apiVersion: signet.dev/v1\\nrules:\\n  - name: a\\n    when: 'true'\\n"
                        + "    deny: none\\n\",\"reason\":\"x\"}";
        HttpResponse<String> stored = rig.write("POST", "/v1/policies", document);
        assertThat(stored.statusCode()).as(stored.body()).isEqualTo(201);
        String activation =
                "{\"number\":"
                        + RestRig.json(stored).path("number").asLong()
                        + ",\"reason\":\"x\"}";
        String active = rig.get("/v1/policies/active").headers().firstValue("ETag").orElseThrow();
        HttpResponse<String> proposed =
                RestRig.send(
                        client,
                        RestRig.write(rig.request("/v1/policies/active"), "PUT", activation)
                                .header("If-Match", active)
                                .build());
        assertThat(RestRig.code(proposed)).isEqualTo("SECOND_PERSON_REQUIRED");
        HttpResponse<String> pending =
                rig.send(
                        RestRig.write(rig.operator("/v1/policies/active"), "PUT", activation)
                                .header("If-Match", active));
        assertThat(pending.statusCode()).as(pending.body()).isEqualTo(202);
        String approval = "/v1/approvals/" + RestRig.json(pending).path("id").stringValue("");
        HttpResponse<String> approved =
                RestRig.send(
                        client,
                        RestRig.write(
                                        rig.request(approval + "/approval"),
                                        "POST",
                                        "{\"reason\":\"x\"}")
                                .build());
        assertThat(RestRig.code(approved)).as(approved.body()).isEqualTo("SECOND_PERSON_REQUIRED");
        assertThat(approved.body()).contains("not on record");
        assertThat(RestRig.json(rig.get(approval)).path("state").stringValue(""))
                .isEqualTo("pending");
        HttpResponse<String> token =
                RestRig.send(
                        client,
                        RestRig.write(
                                        rig.request("/v1/join-tokens"),
                                        "POST",
                                        "{\"spiffeIdPattern\":\"spiffe://signet.test/signet/operator/"
                                                + "second\",\"reason\":\"x\"}")
                                .build());
        assertThat(RestRig.code(token)).as(token.body()).isEqualTo("NOT_PERMITTED");
    }

    @Test
    void anIssuingCaOfAnotherTrustDomainIsRefused() throws Exception {
        openssl(
                "req",
                "-new",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                "ca.key",
                "-out",
                "ca.csr",
                "-subj",
                "/CN=Own Issuing CA");
        for (String foreign :
                List.of(
                        "spiffe://other.org",
                        "SPIFFE://signet.test.other",
                        "spiffe://signet.tes")) {
            String ca =
                    sign(
                            read("ca.csr"),
                            "root",
                            GOOD + "subjectAltName=URI:" + foreign + "\n",
                            "-days",
                            "365");
            refused(
                    post("import", Map.of("pem", ca + read("root.pem") + read("ca.key"))),
                    "is of another trust domain");
        }
        String ours =
                sign(
                        read("ca.csr"),
                        "root",
                        GOOD + "subjectAltName=URI:spiffe://signet.test\n",
                        "-days",
                        "365");
        done(post("import", Map.of("pem", ours + read("root.pem") + read("ca.key"))));
    }

    private HttpResponse<String> imported(String key, String tag, Map<String, Object> fields)
            throws Exception {
        Map<String, Object> body = new LinkedHashMap<>(fields);
        body.put("reason", "a test");
        return rig.send(
                rig.operator("/v1/authorities/import")
                        .header("If-Match", tag)
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", key)
                        .POST(
                                java.net.http.HttpRequest.BodyPublishers.ofString(
                                        RestRig.JSON.writeValueAsString(body))));
    }

    @Test
    void mutatedChainsAreRefusedAndNeverAFault() throws Exception {
        String chain = sign(requested(), "root", GOOD, "-days", "365") + read("root.pem");
        Random random = new Random(5);
        for (int i = 0; i < 150; i++) {
            byte[] octets = chain.getBytes(StandardCharsets.US_ASCII);
            for (int j = 0; j <= i % 4; j++) {
                octets[30 + random.nextInt(octets.length - 30)] = (byte) (32 + random.nextInt(95));
            }
            HttpResponse<String> response = accept(new String(octets, StandardCharsets.US_ASCII));
            assertThat(response.statusCode()).as("%d: %s", i, response.body()).isNotIn(500, 503);
            if (response.statusCode() == 200) {
                // Whitespace, or a mark that says nothing: still the chain that was signed.
                assertThat(RestRig.json(response).path("changed").size()).isEqualTo(2);
                return;
            }
        }
    }

    @Test
    void aCaIsTakenInWithItsKeyAsPemAndAsPkcs12() throws Exception {
        openssl(
                "genpkey",
                "-algorithm",
                "EC",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-aes256",
                "-pass",
                "pass:" + SECRET,
                "-out",
                "ca.key");
        openssl(
                "req",
                "-new",
                "-key",
                "ca.key",
                "-passin",
                "pass:" + SECRET,
                "-out",
                "ca.csr",
                "-subj",
                "/CN=Brought Along");
        String ca = sign(read("ca.csr"), "root", GOOD, "-days", "365");
        String pem = ca + read("root.pem") + read("ca.key");
        refused(post("import", Map.of("pem", pem, "passphrase", "wrong")), "passphrase");
        refused(post("import", Map.of("pem", pem)), "passphrase");
        refused(post("import", Map.of("pem", ca + read("root.pem"))), "no private key");
        refused(
                post(
                        "import",
                        Map.of("pem", ca + read("root.pem") + read("root.key").replace("A", "B"))),
                "");
        root("alien", "/CN=Alien", "critical,CA:TRUE");
        refused(
                post("import", Map.of("pem", ca + read("root.pem") + read("alien.key"))),
                "no certificate in it");
        Map<String, String> ids = done(post("import", Map.of("pem", pem, "passphrase", SECRET)));
        refused(post("import", Map.of("pem", pem, "passphrase", SECRET)), "on record already");
        signsUnder(ids.get("issuing"), "root.pem");

        openssl(
                "pkcs12",
                "-export",
                "-inkey",
                "alien.key",
                "-in",
                "alien.pem",
                "-out",
                "alien.p12",
                "-passout",
                "pass:" + SECRET);
        String pkcs12 =
                Base64.getEncoder().encodeToString(Files.readAllBytes(files.resolve("alien.p12")));
        refused(post("import", Map.of("pkcs12", pkcs12, "passphrase", "wrong")), "passphrase");
        Map<String, String> alien =
                done(post("import", Map.of("pkcs12", pkcs12, "passphrase", SECRET)));
        assertThat(alien).containsOnlyKeys("root", "issuing");
        signsUnder(alien.get("issuing"), "alien.pem");
        assertThat(rig.get("/v1/audit-events").body())
                .contains("authority.import")
                .doesNotContain(SECRET);
        assertThat(
                        rig.database()
                                .ownerJdbcClient()
                                .sql("SELECT string_agg(to_jsonb(e)::text, ' ') FROM audit.event e")
                                .query(String.class)
                                .single())
                .doesNotContain(SECRET, "PRIVATE KEY");
    }

    @Test
    void theKeyOfARootThatCameAlongAsACertificateCanBeBroughtLater() throws Exception {
        openssl(
                "req",
                "-new",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                "ca.key",
                "-out",
                "ca.csr",
                "-subj",
                "/CN=Brought Along");
        String ca = sign(read("ca.csr"), "root", GOOD, "-days", "365");
        Files.writeString(files.resolve("chain.pem"), ca + read("root.pem"));
        openssl(
                "pkcs12",
                "-export",
                "-inkey",
                "ca.key",
                "-in",
                "chain.pem",
                "-out",
                "ca.p12",
                "-passout",
                "pass:" + SECRET);
        done(post("import", Map.of("pkcs12", base64("ca.p12"), "passphrase", SECRET)));

        openssl(
                "pkcs12",
                "-export",
                "-inkey",
                "root.key",
                "-in",
                "root.pem",
                "-out",
                "root.p12",
                "-passout",
                "pass:" + SECRET);
        Map<String, Object> root = Map.of("pkcs12", base64("root.p12"), "passphrase", SECRET);
        Map<String, String> made = done(post("import", root));
        assertThat(made).containsOnlyKeys("issuing");
        refused(post("import", root), "as root CA with its key");
        signsUnder(made.get("issuing"), "root.pem");
    }

    private String base64(String file) throws Exception {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(files.resolve(file)));
    }
}
