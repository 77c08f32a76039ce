package dev.signet.cli.remote;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The body of an answer of any length, of which no more is fetched than is read. A read waits for
/// so long and then fails; a body that was cut off fails, too, and never looks whole. For one
/// reader.
final class StreamedBody extends InputStream implements Flow.Subscriber<List<ByteBuffer>> {

    private sealed interface Event {}

    private record Octets(List<ByteBuffer> buffers) implements Event {}

    private record End(@Nullable Throwable failure) implements Event {}

    /// Never more than one request's octets and the end.
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    private final Deque<ByteBuffer> ready = new ArrayDeque<>();
    private final Duration idle;
    private volatile Flow.@Nullable Subscription subscription;
    private boolean ended;

    /// @param idle longest wait for the next octets
    StreamedBody(Duration idle) {
        this.idle = idle;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        events.add(new Octets(buffers));
    }

    @Override
    public void onError(Throwable failure) {
        events.add(new End(failure));
    }

    @Override
    public void onComplete() {
        events.add(new End(null));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) == -1 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] octets, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (true) {
            ByteBuffer first = ready.peek();
            if (first != null && first.hasRemaining()) {
                int count = Math.min(length, first.remaining());
                first.get(octets, offset, count);
                return count;
            }
            if (first != null) {
                ready.remove();
            } else if (ended || !more()) {
                return -1;
            }
        }
    }

    private boolean more() throws IOException {
        Event event;
        try {
            event = events.poll(idle.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AdminFailures.Broken("interrupted", e);
        }
        return switch (event) {
            case null ->
                    throw new AdminFailures.Broken(
                            "nothing came for " + idle.toSeconds() + " s", null);
            case Octets(List<ByteBuffer> buffers) -> {
                ready.addAll(buffers);
                Flow.Subscription open = subscription;
                if (open != null) {
                    open.request(1);
                }
                yield true;
            }
            case End(Throwable failure) -> {
                ended = true;
                if (failure != null) {
                    throw new AdminFailures.Broken("it was cut off", failure);
                }
                yield false;
            }
        };
    }

    /// Lets go of the rest.
    @Override
    public void close() {
        Flow.Subscription open = subscription;
        if (open != null) {
            open.cancel();
        }
    }
}
