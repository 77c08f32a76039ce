package dev.signet.ca.status;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The full CRLs of all authorities as one PEM file, for software that reads CRLs from a file and
/// needs one of every CA in a chain. Written when it is first asked for and kept until a CRL is
/// replaced: however many ask at once, it is in memory once. Thread-safe.
final class CrlBundle {

    private static final int LINE = 64;
    private static final byte[] NEWLINE = {'\n'};

    private final PublishedCrls published;
    private final CrlIssue issue;
    private final InstantSource clock;
    private @Nullable Pem last;

    CrlBundle(PublishedCrls published, CrlIssue issue, InstantSource clock) {
        this.published = published;
        this.issue = issue;
        this.clock = clock;
    }

    /// @param crls in it, as they were published
    /// @param tag another for other CRLs
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Pem(
            List<CrlRecord> crls, byte[] text, String tag, Instant lastModified, Instant expires) {}

    /// Empty: not every CRL is here yet. Who takes a bundle for complete would refuse all
    /// certificates of the CA that is missing.
    Optional<Pem> pem() {
        return published.full().map(this::valid).map(this::written);
    }

    /// From now to the next regular CRL of one of them.
    Duration untilNext(Pem pem) {
        return pem.crls().stream()
                .map(issue::untilNext)
                .min(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /// An authority that has ended signs none any more.
    private List<CrlRecord> valid(List<CrlRecord> crls) {
        Instant now = clock.instant();
        return crls.stream().filter(crl -> crl.nextUpdate().isAfter(now)).toList();
    }

    private synchronized Pem written(List<CrlRecord> crls) {
        String tag = tag(crls);
        Pem held = last;
        if (held != null && held.tag().equals(tag)) {
            return held;
        }
        last = null; // before the next one is made: a bundle may be large
        ByteArrayOutputStream text =
                new ByteArrayOutputStream(
                        crls.stream().mapToInt(crl -> crl.der().length / 2 * 3 + 256).sum());
        Base64.Encoder encoder = Base64.getMimeEncoder(LINE, NEWLINE);
        for (CrlRecord crl : crls) {
            text.writeBytes(
                    ("# " + crl.shard().authorityId() + " " + crl.number() + "\n")
                            .getBytes(StandardCharsets.US_ASCII));
            text.writeBytes("-----BEGIN X509 CRL-----\n".getBytes(StandardCharsets.US_ASCII));
            text.writeBytes(encoder.encode(crl.der()));
            text.writeBytes("\n-----END X509 CRL-----\n".getBytes(StandardCharsets.US_ASCII));
        }
        Pem pem =
                new Pem(
                        crls,
                        text.toByteArray(),
                        tag,
                        crls.stream()
                                .map(CrlRecord::thisUpdate)
                                .max(Instant::compareTo)
                                .orElse(Instant.EPOCH),
                        crls.stream()
                                .map(CrlRecord::nextUpdate)
                                .min(Instant::compareTo)
                                .orElse(Instant.EPOCH));
        last = pem;
        return pem;
    }

    /// A CRL number is used once.
    private static String tag(List<CrlRecord> crls) {
        return crls.stream()
                .map(crl -> crl.shard().authorityId().substring(0, 16) + '-' + crl.number())
                .collect(Collectors.joining(".", "\"", "\""));
    }
}
