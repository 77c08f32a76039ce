package dev.signet.client.internal;

import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.IssueCertificateForSubjectRequest;
import dev.signet.proto.v1.IssuedCertificate;

import io.grpc.ManagedChannel;
import io.grpc.Status;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import javax.net.ssl.X509ExtendedKeyManager;

/// A registration authority's calls, many at once over one connection. Another certificate to show,
/// other trust or another replica is another connection; what is under way on the one before
/// finishes. Thread-safe.
public final class SubjectCalls implements AutoCloseable {

    private final List<InetSocketAddress> addresses;
    private final Duration deadline;
    private final Predicate<X509Certificate> revoked;
    private @Nullable Connection connection;
    private boolean closed;
    private volatile int preferred;

    /// The certificate to show.
    ///
    /// @param serialNumber tells it from others
    public record Shown(String serialNumber, X509ExtendedKeyManager keys) {}

    private record Connection(
            int index, String serialNumber, List<X509Certificate> trust, ManagedChannel channel) {
        boolean serves(int wanted, Shown shown, List<X509Certificate> roots) {
            return index == wanted
                    && serialNumber.equals(shown.serialNumber())
                    && trust.equals(roots);
        }
    }

    /// @param addresses replicas of one CA, at least one
    /// @param deadline of each call to each replica
    /// @param revoked whether a certificate of the CA's server is known to be revoked
    public SubjectCalls(
            List<InetSocketAddress> addresses,
            Duration deadline,
            Predicate<X509Certificate> revoked) {
        this.addresses = List.copyOf(addresses);
        this.deadline = deadline;
        this.revoked = revoked;
    }

    /// IssueCertificateForSubject.
    public IssuedCertificate issue(
            List<X509Certificate> trust, Shown shown, IssueCertificateForSubjectRequest request)
            throws CallFailedException {
        CallFailedException failure = null;
        int first = preferred;
        for (int i = 0; i < addresses.size(); i++) {
            int index = (first + i) % addresses.size();
            try {
                IssuedCertificate answer =
                        CertificateServiceGrpc.newBlockingStub(channel(index, shown, trust))
                                .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
                                .issueCertificateForSubject(request)
                                .getCertificate();
                preferred = index;
                return answer;
            } catch (RuntimeException e) {
                failure = CallFailedException.of(GrpcCalls.name(addresses.get(index)), e);
                if (!GrpcCalls.isWorthAnotherReplica(failure.status())) {
                    throw failure;
                }
            }
        }
        if (failure == null) {
            throw new IllegalStateException("no CA address");
        }
        throw failure;
    }

    private synchronized ManagedChannel channel(
            int index, Shown shown, List<X509Certificate> trust) {
        if (closed) {
            throw Status.UNAVAILABLE.withDescription("closed").asRuntimeException();
        }
        Connection open = connection;
        if (open != null && open.serves(index, shown, trust)) {
            return open.channel();
        }
        ManagedChannel channel =
                GrpcCalls.open(addresses.get(index), HttpsTrust.of(trust, revoked), shown.keys());
        connection = new Connection(index, shown.serialNumber(), trust, channel);
        if (open != null) {
            open.channel().shutdown();
        }
        return channel;
    }

    /// Ends what is under way.
    @Override
    public synchronized void close() {
        closed = true;
        Connection open = connection;
        connection = null;
        if (open != null) {
            open.channel().shutdownNow();
        }
    }
}
