package dev.signet.cli.inspect;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Everything in a PEM or DER file, in the file's order.
public record InspectedFile(List<Inspected> contents) {

    /// Largest file that is read.
    static final int MAX_OCTETS = 4 * 1024 * 1024;

    private static final Pattern BLOCK =
            Pattern.compile(
                    "-----BEGIN ([A-Z0-9 ]{1,64})-----([^-]*)-----END \\1-----", Pattern.DOTALL);

    public InspectedFile {
        contents = List.copyOf(contents);
    }

    /// @throws UnreadableFileException when there is nothing in it that can be shown
    /// @throws IOException when it cannot be read
    public static InspectedFile read(Path file) throws IOException, UnreadableFileException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] octets = in.readNBytes(MAX_OCTETS + 1);
            if (octets.length > MAX_OCTETS) {
                throw new UnreadableFileException("larger than 4 MiB");
            }
            return of(octets);
        }
    }

    static InspectedFile of(byte[] octets) throws UnreadableFileException {
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        if (text.contains("-----BEGIN ")) {
            return ofPem(text);
        }
        if (octets.length > 0 && octets[0] == 0x30) {
            return ofDer(octets);
        }
        throw new UnreadableFileException("neither PEM nor DER");
    }

    private static InspectedFile ofPem(String text) throws UnreadableFileException {
        List<Inspected> contents = new ArrayList<>();
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            contents.add(ofBlock(block.group(1), block.group(2), contents.size() + 1));
        }
        if (contents.isEmpty()) {
            throw new UnreadableFileException("a PEM block without its end line");
        }
        return new InspectedFile(contents);
    }

    private static Inspected ofBlock(String label, String body, int number)
            throws UnreadableFileException {
        return switch (label) {
            case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE" ->
                    DerReader.certificate(decoded(body, number), "block " + number);
            case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST" ->
                    DerReader.request(decoded(body, number), "block " + number);
            default -> new Inspected.Hidden(label);
        };
    }

    private static byte[] decoded(String body, int number) throws UnreadableFileException {
        try {
            return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new UnreadableFileException("block " + number + " is not Base64");
        }
    }

    private static InspectedFile ofDer(byte[] octets) throws UnreadableFileException {
        try {
            return new InspectedFile(List.of(DerReader.certificate(octets, "the file")));
        } catch (UnreadableFileException e) {
            try {
                return new InspectedFile(List.of(DerReader.request(octets, "the file")));
            } catch (UnreadableFileException alsoNot) {
                throw new UnreadableFileException(
                        "neither a certificate nor a certification request");
            }
        }
    }
}
