package dev.signet.ca.status;

import dev.signet.ca.wire.HttpDocuments;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;

/// OCSP over HTTP: POST `/ocsp`, GET `/ocsp/<base64>`.
///
/// @rfc 6960 A.1
/// @rfc 5019 6
final class OcspDocuments implements HttpDocuments {

    private static final String TYPE = "application/ocsp-response";
    private static final int MAX_PATH = 2 * OcspRequestReader.MAX_LENGTH;

    private final OcspAnswers answers;
    private final Duration maxAge;
    private final InstantSource clock;

    OcspDocuments(OcspAnswers answers, Duration maxAge, InstantSource clock) {
        this.answers = answers;
        this.maxAge = maxAge;
        this.clock = clock;
    }

    @Override
    public String prefix() {
        return "/ocsp";
    }

    @Override
    public int maxBody() {
        return OcspRequestReader.MAX_LENGTH;
    }

    @Override
    public Document answer(Request request) {
        byte[] octets =
                request.method().equals("POST")
                        ? request.body()
                        : decoded(request.path()).orElse(new byte[0]);
        OcspAnswers.Reply reply = answers.answer(octets);
        return new Document(200, TYPE, reply.der(), freshness(reply.cached()));
    }

    private @Nullable Freshness freshness(OcspCache.@Nullable Answer cached) {
        if (cached == null) {
            return null;
        }
        Duration left = Duration.between(clock.instant(), cached.nextUpdate());
        Duration bounded = left.compareTo(maxAge) < 0 ? left : maxAge;
        return new Freshness(
                cached.tag(),
                bounded.isNegative() ? Duration.ZERO : bounded,
                cached.thisUpdate(),
                cached.nextUpdate());
    }

    /// @param path a slash, then base64, with or without `%2F`, `%2B` and `%3D`
    private static Optional<byte[]> decoded(String path) {
        if (path.length() < 2 || path.length() > MAX_PATH) {
            return Optional.empty();
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream(path.length());
        for (int i = 1; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%' && i + 2 < path.length()) {
                int high = Character.digit(path.charAt(i + 1), 16);
                int low = Character.digit(path.charAt(i + 2), 16);
                text.write(high < 0 || low < 0 ? '%' : high << 4 | low);
                i += 2;
            } else {
                text.write(c);
            }
        }
        try {
            return Optional.of(Base64.getDecoder().decode(text.toByteArray()));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
