package dev.signet.cli.admin;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A policy document on disk, `-`: stdin.
final class PolicyFile {

    private static final int MAX_OCTETS = 4 << 20;

    private PolicyFile() {}

    /// @throws CommandFailedException when the file is too large or no UTF-8
    static String read(Path file) throws IOException {
        byte[] octets;
        if (file.toString().equals("-")) {
            octets = System.in.readNBytes(MAX_OCTETS + 1);
        } else {
            try (var in = Files.newInputStream(file)) {
                octets = in.readNBytes(MAX_OCTETS + 1);
            }
        }
        if (octets.length > MAX_OCTETS) {
            throw new CommandFailedException("FILE", file + " is larger than 4 MiB");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
        } catch (CharacterCodingException e) {
            throw new CommandFailedException(ExitCode.FAILED, "FILE", file + " is not UTF-8", e);
        }
    }

    /// Whether a word of the command line means a stored version and not a file.
    static boolean isVersion(String word) {
        return word.equals("active") || word.matches("[0-9]{1,18}");
    }
}
