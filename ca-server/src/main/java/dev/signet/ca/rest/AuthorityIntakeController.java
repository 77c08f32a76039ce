package dev.signet.ca.rest;

import dev.signet.ca.admin.IntakeActs;
import dev.signet.ca.authority.AuthorityIntake;
import dev.signet.ca.authority.AuthorityIntake.Material;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;

import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/// Authorities that do not come from here alone.
@RestController
final class AuthorityIntakeController {

    private static final int MOST_BASE64 = 4 * ((AuthorityIntake.MOST_OCTETS + 2) / 3);

    private final IntakeActs acts;
    private final Writes writes;

    AuthorityIntakeController(IntakeActs acts, Writes writes) {
        this.acts = acts;
        this.writes = writes;
    }

    record Requested(
            @Field("SHA-256 of the request, hexadecimal") String requestId,
            @Field("PKCS#10, PEM") String pem) {}

    record Accept(
            @Field(
                            value =
                                    "PEM: the issuing CA's certificate, those between, and the root"
                                            + " unless it is on record",
                            least = 1,
                            most = AuthorityIntake.MOST_OCTETS)
                    String certificates,
            @Field(value = "Why, for the audit trail", least = 1, most = 1024) String reason) {}

    record Import(
            @Field(
                            value =
                                    "PEM: the CA's certificate, those above it, and its PKCS#8 key, in"
                                            + " the clear or encrypted",
                            most = AuthorityIntake.MOST_OCTETS,
                            byDefault = "pkcs12 is given")
                    @Nullable String pem,
            @Field(
                            value = "PKCS#12 with certificates and key, base64",
                            most = MOST_BASE64,
                            byDefault = "pem is given")
                    @Nullable String pkcs12,
            @Field(
                            value = "Of the key or the PKCS#12; it is not kept",
                            most = 1024,
                            byDefault = "none")
                    @Nullable String passphrase,
            @Field(
                            value = "Of the one key to take from a PKCS#12 that has several",
                            most = 256,
                            byDefault = "it has one only")
                    @Nullable String alias,
            @Field(
                            value = "Of the key in a PKCS#12; it is not kept",
                            most = 1024,
                            byDefault = "passphrase")
                    @Nullable String keyPassphrase,
            @Field(value = "Why, for the audit trail", least = 1, most = 1024) String reason) {

        @Override
        public String toString() {
            return "Import";
        }
    }

    /// What tells one import from every other one, and is no secret: a digest of it is kept.
    ///
    /// @param passphrase as keyPassphrase slowly hashed with the digest of what it protects as
    ///   salt: the digest on record is no quicker way to guess it than the file itself
    record Imported(
            boolean pkcs12,
            String sha256,
            String passphrase,
            String alias,
            String keyPassphrase,
            String reason) {

        private static final int ROUNDS = 600_000;
        private static final int BITS = 256;

        static Imported of(Import body) {
            String content = body.pem() == null ? body.pkcs12() : body.pem();
            String alias = body.alias();
            try {
                byte[] digest =
                        MessageDigest.getInstance("SHA-256")
                                .digest(
                                        (content == null ? "" : content)
                                                .getBytes(StandardCharsets.UTF_8));
                return new Imported(
                        body.pem() == null,
                        HexFormat.of().formatHex(digest),
                        slow(body.passphrase(), digest),
                        alias == null ? "" : alias,
                        slow(body.keyPassphrase(), digest),
                        body.reason());
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has SHA-256 and PBKDF2", e);
            }
        }

        private static String slow(@Nullable String passphrase, byte[] salt)
                throws GeneralSecurityException {
            if (passphrase == null || passphrase.isEmpty()) {
                return "";
            }
            PBEKeySpec spec = new PBEKeySpec(passphrase.toCharArray(), salt, ROUNDS, BITS);
            try {
                return HexFormat.of()
                        .formatHex(
                                SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                                        .generateSecret(spec)
                                        .getEncoded());
            } finally {
                spec.clearPassword();
            }
        }

        @Override
        public String toString() {
            return "Imported";
        }
    }

    @PostMapping("/v1/authorities/request")
    @Performs(value = Operation.REQUEST_AUTHORITY, answers = Requested.class)
    ResponseEntity<Object> request(@RequestBody ApprovalController.Reason body, Call call) {
        return writes.once(
                Operation.REQUEST_AUTHORITY,
                call,
                body,
                () -> acts.request(call.actor(), body.reason()),
                made -> Writes.Done.ok(new Requested(made.id(), made.pem())));
    }

    @PostMapping("/v1/authorities/accept")
    @Performs(
            value = Operation.ACCEPT_AUTHORITY,
            answers = AuthorityActController.Done.class,
            tagged = true)
    ResponseEntity<Object> accept(@RequestBody Accept body, Call call) {
        String basis = call.basis();
        return writes.once(
                Operation.ACCEPT_AUTHORITY,
                call,
                body,
                () ->
                        acts.accept(
                                call.actor(),
                                body.certificates().getBytes(StandardCharsets.UTF_8),
                                basis,
                                body.reason()),
                AuthorityActController.Done::of);
    }

    @PostMapping("/v1/authorities/import")
    @Performs(
            value = Operation.IMPORT_AUTHORITY,
            answers = AuthorityActController.Done.class,
            tagged = true)
    ResponseEntity<Object> takeIn(@RequestBody Import body, Call call) {
        String basis = call.basis();
        Material material = material(body);
        return writes.once(
                Operation.IMPORT_AUTHORITY,
                call,
                Imported.of(body),
                () -> acts.takeIn(call.actor(), material, basis, body.reason()),
                AuthorityActController.Done::of);
    }

    private static Material material(Import body) {
        String pem = body.pem();
        String pkcs12 = body.pkcs12();
        String passphrase = body.passphrase();
        char[] secret = passphrase == null ? new char[0] : passphrase.toCharArray();
        String keyPassphrase = body.keyPassphrase();
        char[] keySecret = keyPassphrase == null ? null : keyPassphrase.toCharArray();
        if (pem != null && pkcs12 == null) {
            return new Material(
                    false, pem.getBytes(StandardCharsets.UTF_8), secret, body.alias(), keySecret);
        }
        if (pem == null && pkcs12 != null) {
            try {
                return new Material(
                        true, Base64.getDecoder().decode(pkcs12), secret, body.alias(), keySecret);
            } catch (IllegalArgumentException _) {
                throw RefusedException.field("pkcs12", "it is not base64 (expected: RFC 4648 4).");
            }
        }
        throw RefusedException.field("pem", "both or neither of pem and pkcs12 (expected: one).");
    }
}
