package dev.signet.benchmarks;

import io.grpc.Drainable;
import io.grpc.KnownLength;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;

/// A request on its way to the transport, which takes the prepared octets as they are. Not
/// thread-safe; used once.
final class OutgoingRequest extends InputStream implements KnownLength, Drainable {

    private final byte[] prefix;
    private final byte[] suffix;
    private final InputStream whole;
    private int remaining;

    OutgoingRequest(byte[] prefix, byte[] suffix) {
        this.prefix = prefix;
        this.suffix = suffix;
        this.whole =
                new SequenceInputStream(
                        new ByteArrayInputStream(prefix), new ByteArrayInputStream(suffix));
        this.remaining = prefix.length + suffix.length;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
        int drained = remaining;
        target.write(prefix);
        target.write(suffix);
        remaining = 0;
        return drained;
    }

    @Override
    public int read() throws IOException {
        int octet = whole.read();
        if (octet >= 0) {
            remaining--;
        }
        return octet;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = whole.read(target, offset, length);
        if (count > 0) {
            remaining -= count;
        }
        return count;
    }

    @Override
    public int available() {
        return remaining;
    }
}
