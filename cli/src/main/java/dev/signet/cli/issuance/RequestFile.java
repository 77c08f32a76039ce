package dev.signet.cli.issuance;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;

import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A certification request that somebody else has made, with a key that stays there. It is read and
/// its signature checked here, before a one-time token is spent on it.
final class RequestFile {

    /// What the CA takes.
    private static final int MAX_BYTES = 16 * 1024;

    private static final Pattern PEM =
            Pattern.compile(
                    "-----BEGIN ((?:NEW )?CERTIFICATE REQUEST)-----([^-]*)-----END \\1-----");

    private final byte[] der;
    private final PublicKey publicKey;

    private RequestFile(byte[] der, PublicKey publicKey) {
        this.der = der;
        this.publicKey = publicKey;
    }

    /// @throws CommandFailedException when there is no request that proves its key in the file
    static RequestFile read(Path file) throws IOException {
        byte[] content;
        try (InputStream in = Files.newInputStream(file)) {
            content = in.readNBytes(MAX_BYTES + 1);
        }
        if (content.length > MAX_BYTES) {
            throw unreadable(file, "is larger than 16 KiB", null);
        }
        RequestFile request;
        boolean proven;
        try {
            byte[] der = der(content);
            JcaPKCS10CertificationRequest parsed = new JcaPKCS10CertificationRequest(der);
            request = new RequestFile(der, parsed.getPublicKey());
            proven =
                    parsed.isSignatureValid(
                            new JcaContentVerifierProviderBuilder().build(request.publicKey));
        } catch (IOException
                | IllegalArgumentException
                | ClassCastException
                | GeneralSecurityException
                | OperatorCreationException
                | PKCSException e) {
            throw unreadable(file, "is no certification request that can be read", e);
        }
        if (!proven) {
            throw new CommandFailedException(
                    "CSR_SIGNATURE_INVALID",
                    file
                            + " is not signed with the key that it is for (expected: a PKCS#10"
                            + " request signed with its own private key)");
        }
        return request;
    }

    private static byte[] der(byte[] content) {
        Matcher block = PEM.matcher(new String(content, StandardCharsets.ISO_8859_1));
        return block.find()
                ? Base64.getDecoder().decode(block.group(2).replaceAll("\\s", ""))
                : content;
    }

    private static CommandFailedException unreadable(
            Path file, String what, @Nullable Exception cause) {
        return new CommandFailedException(
                ExitCode.FAILED,
                "CSR_MALFORMED",
                file
                        + " "
                        + what
                        + " (expected: one PKCS#10 request, PEM or DER, for a P-256, P-384, Ed25519"
                        + " or RSA 2048 to 4096 key)",
                cause);
    }

    byte[] der() {
        return der.clone();
    }

    PublicKey publicKey() {
        return publicKey;
    }
}
