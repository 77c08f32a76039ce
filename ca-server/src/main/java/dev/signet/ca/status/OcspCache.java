package dev.signet.ca.status;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Answers without a nonce, each about one certificate, the least recently used of which goes when
/// there are too many. Thread-safe.
final class OcspCache {

    /// @param status what it says
    /// @param der OCSPResponse
    /// @param producedAt when it was signed
    /// @param nextUpdate not to be sent after
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(
            KnownStatus status,
            byte[] der,
            String tag,
            Instant thisUpdate,
            Instant producedAt,
            Instant nextUpdate) {}

    private final int size;
    private final Map<Key, Answer> answers;

    OcspCache(int size) {
        this.size = size;
        this.answers =
                new LinkedHashMap<>(16, 0.75f, true) {
                    private static final long serialVersionUID = 1L;

                    @Override
                    protected boolean removeEldestEntry(Map.Entry<Key, Answer> eldest) {
                        return size() > OcspCache.this.size;
                    }
                };
    }

    /// A CertID as it was sent.
    @SuppressWarnings("ArrayRecordComponent") // compared by its content, below
    private record Key(byte[] octets) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key that && Arrays.equals(octets, that.octets);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(octets);
        }
    }

    synchronized Optional<Answer> find(byte[] certificateId) {
        return Optional.ofNullable(answers.get(new Key(certificateId)));
    }

    synchronized void put(byte[] certificateId, Answer answer) {
        answers.put(new Key(certificateId), answer);
    }

    synchronized void remove(byte[] certificateId) {
        answers.remove(new Key(certificateId));
    }

    synchronized int size() {
        return answers.size();
    }
}
