package dev.signet.ca.attestation;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Keys in a file, such as a mounted ConfigMap, read again each time: a change that no event told
/// of is found all the same (R17).
final class FileKeySource implements KeySource {

    private final Path file;

    FileKeySource(Path file) {
        this.file = file;
    }

    @Override
    public byte[] read() throws KeysUnavailableException {
        try (InputStream input = Files.newInputStream(file)) {
            byte[] octets = input.readNBytes(KeySet.MAX_OCTETS + 1);
            if (octets.length > KeySet.MAX_OCTETS) {
                throw new KeysUnavailableException(
                        file + " is larger than " + KeySet.MAX_OCTETS + " octets");
            }
            return octets;
        } catch (IOException e) {
            throw new KeysUnavailableException(
                    file + " cannot be read: " + e.getClass().getSimpleName());
        }
    }
}
