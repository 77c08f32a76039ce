package dev.signet.ca.audit;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// What was refused in one minute: a bounded number of counts, and one more for each code that
/// takes what came after; some of it with the whole detail. Thread-safe, never blocks for long.
final class RefusalMinute {

    /// More than honest callers need: codes times evidence kinds times rules that refuse in a
    /// minute.
    static final int PLACES = 64;

    static final String REST = "*";

    private static final int MAX_NAME_LENGTH = 64;
    private static final int MAX_DETAIL_LENGTH = 256;
    private static final int MAX_SAMPLE_LENGTH = 512;

    private record Key(RefusalCode code, String kind, String detail) {
        Key rest() {
            return new Key(code, REST, REST);
        }
    }

    private record Cell(LongAdder refusals, String sample) {}

    private final Instant began;
    private final ConcurrentHashMap<Key, Cell> cells = new ConcurrentHashMap<>();
    private final AtomicInteger taken = new AtomicInteger();
    private final RefusalSamples samples = new RefusalSamples();

    RefusalMinute(Instant began) {
        this.began = began;
    }

    Instant began() {
        return began;
    }

    RefusalSamples samples() {
        return samples;
    }

    /// @param request printable
    void add(RefusedRequest request, Instant at) {
        Refusal refusal = request.refusal();
        count(
                refusal.code(),
                request.kind(),
                request.rule(),
                refusal.diagnosis().isEmpty() ? refusal.message() : refusal.diagnosis(),
                1);
        samples.add(request, at);
    }

    void count(RefusalCode code, String kind, String detail, String diagnosis, long refusals) {
        Key key =
                new Key(
                        code,
                        PrintableText.of(kind, MAX_NAME_LENGTH),
                        PrintableText.of(detail, MAX_DETAIL_LENGTH));
        cell(key, diagnosis).refusals.add(refusals);
    }

    private Cell cell(Key key, String diagnosis) {
        Cell known = cells.get(key);
        if (known != null) {
            return known;
        }
        boolean place = taken.get() < PLACES && taken.incrementAndGet() <= PLACES;
        return cells.computeIfAbsent(
                place ? key : key.rest(),
                _ -> new Cell(new LongAdder(), PrintableText.of(diagnosis, MAX_SAMPLE_LENGTH)));
    }

    List<RefusalCount> counts(String replica) {
        return cells.entrySet().stream()
                .map(entry ->
                        new RefusalCount(
                                began,
                                replica,
                                entry.getKey().code,
                                entry.getKey().kind,
                                entry.getKey().detail,
                                entry.getValue().refusals.sum(),
                                entry.getValue().sample))
                .filter(count -> count.refusals() > 0)
                .toList();
    }
}
