package dev.signet.ca.attestation;

import dev.signet.ca.egress.HttpsFailureException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A token in a file that somebody else keeps fresh, such as a projected ServiceAccount token: read
/// again for each use.
final class BearerFile {

    private static final int MAX_OCTETS = 16 * 1024;

    private BearerFile() {}

    /// @throws HttpsFailureException when there is no token fit for a header; the message names the
    ///   file only
    static String read(Path file) throws HttpsFailureException {
        String token;
        try (InputStream input = Files.newInputStream(file)) {
            token = new String(input.readNBytes(MAX_OCTETS), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw new HttpsFailureException(
                    "cannot be asked: "
                            + file
                            + " cannot be read: "
                            + e.getClass().getSimpleName());
        }
        if (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
            throw new HttpsFailureException("cannot be asked: " + file + " has no token");
        }
        return token;
    }
}
