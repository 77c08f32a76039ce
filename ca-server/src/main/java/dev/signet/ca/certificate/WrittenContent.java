package dev.signet.ca.certificate;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a certificate of this CA says beside its names, read back from it. Immutable.
///
/// @param subject octet for octet
/// @param extendedKeyUsages object identifiers, in their order; empty: the extension is not there
/// @param authority whether it is a CA's
public record WrittenContent(
        EncodedName subject,
        Set<KeyUsage> keyUsages,
        List<String> extendedKeyUsages,
        boolean authority) {

    private static final int VERSION = 0xa0;
    private static final int EXTENSIONS = 0xa3;

    public WrittenContent {
        keyUsages = Set.copyOf(keyUsages);
        extendedKeyUsages = List.copyOf(extendedKeyUsages);
    }

    /// @param der a certificate that this CA wrote
    /// @return empty when it is none that this version writes
    public static Optional<WrittenContent> read(byte[] der) {
        try {
            return Optional.of(content(der));
        } catch (DerFormatException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static WrittenContent content(byte[] der) {
        DerCursor signed = new DerCursor(der).next(DerCursor.SEQUENCE).next(DerCursor.SEQUENCE);
        signed.next(VERSION);
        signed.next(DerCursor.INTEGER);
        signed.next(DerCursor.SEQUENCE); // algorithm
        signed.next(DerCursor.SEQUENCE); // issuer
        signed.next(DerCursor.SEQUENCE); // validity
        EncodedName subject = EncodedName.of(signed.nextEncoded(DerCursor.SEQUENCE));
        signed.next(DerCursor.SEQUENCE); // key
        DerCursor extensions = signed.next(EXTENSIONS).next(DerCursor.SEQUENCE);
        Set<KeyUsage> keyUsages = EnumSet.noneOf(KeyUsage.class);
        List<String> purposes = new ArrayList<>();
        boolean authority = false;
        while (extensions.hasMore()) {
            DerCursor extension = extensions.next(DerCursor.SEQUENCE);
            String type = ObjectIdentifiers.decode(extension.next(DerCursor.OBJECT_IDENTIFIER));
            if (extension.peekTag() == DerCursor.BOOLEAN) {
                extension.next();
            }
            DerCursor value = extension.next(DerCursor.OCTET_STRING);
            switch (type) {
                case "2.5.29.15" -> addKeyUsages(value.next(DerCursor.BIT_STRING), keyUsages);
                case "2.5.29.37" -> addPurposes(value.next(DerCursor.SEQUENCE), purposes);
                case "2.5.29.19" -> authority = value.next(DerCursor.SEQUENCE).hasMore();
                default -> {}
            }
        }
        return new WrittenContent(subject, keyUsages, purposes, authority);
    }

    private static void addKeyUsages(DerCursor bits, Set<KeyUsage> keyUsages) {
        for (KeyUsage usage : KeyUsage.values()) {
            int octet = 1 + usage.bit() / 8;
            if (octet < bits.length() && (bits.octet(octet) & (0x80 >> (usage.bit() % 8))) != 0) {
                keyUsages.add(usage);
            }
        }
    }

    private static void addPurposes(DerCursor sequence, List<String> purposes) {
        while (sequence.hasMore()) {
            purposes.add(ObjectIdentifiers.decode(sequence.next(DerCursor.OBJECT_IDENTIFIER)));
        }
    }
}
