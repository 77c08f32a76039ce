package dev.signet.cli.inspect;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Everything in a PEM or DER file, in the file's order.
public record InspectedFile(List<Inspected> contents) {

    /// Largest file that is read.
    static final int MAX_OCTETS = 4 * 1024 * 1024;

    private static final int MAX_CONTENTS = 256;

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

    /// One after the other, as `cat` leaves them.
    private static InspectedFile ofDer(byte[] octets) throws UnreadableFileException {
        List<Inspected> contents = new ArrayList<>();
        int at = 0;
        while (at < octets.length) {
            int end = end(octets, at);
            if (end < 0 || contents.size() == MAX_CONTENTS) {
                throw new UnreadableFileException(
                        contents.isEmpty()
                                ? "neither a certificate nor a certification request"
                                : "something else after "
                                        + contents.size()
                                        + " certificates or certification requests");
            }
            contents.add(ofElement(Arrays.copyOfRange(octets, at, end)));
            at = end;
        }
        return new InspectedFile(contents);
    }

    /// End of the SEQUENCE that begins there; negative: there is none.
    private static int end(byte[] octets, int at) {
        if (octets[at] != 0x30 || octets.length - at < 2) {
            return -1;
        }
        int first = octets[at + 1] & 0xff;
        if (first < 0x80) {
            return within(octets, at + 2L + first);
        }
        int count = first & 0x7f;
        if (count == 0 || count > 4 || octets.length - at < 2 + count) {
            return -1;
        }
        long length = 0;
        for (int i = 0; i < count; i++) {
            length = (length << 8) | (octets[at + 2 + i] & 0xff);
        }
        return within(octets, at + 2L + count + length);
    }

    private static int within(byte[] octets, long end) {
        return end <= octets.length ? (int) end : -1;
    }

    private static Inspected ofElement(byte[] der) throws UnreadableFileException {
        try {
            return DerReader.certificate(der, "the file");
        } catch (UnreadableFileException e) {
            try {
                return DerReader.request(der, "the file");
            } catch (UnreadableFileException alsoNot) {
                throw new UnreadableFileException(
                        "neither a certificate nor a certification request");
            }
        }
    }
}
