package dev.signet.client.internal;

import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.GetTrustBundleRequest;
import dev.signet.proto.v1.GetTrustBundleResponse;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssuedCertificate;
import dev.signet.proto.v1.RenewCertificateRequest;
import dev.signet.proto.v1.TrustBundle;
import dev.signet.proto.v1.TrustServiceGrpc;

import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;

import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;

/// Calls of the CA. Each call has its own connection, so that it speaks with the certificate and
/// the trust of this moment; calls are rare. Where a replica is away or silent, the next one is
/// asked, and the one that answered is asked first from then on. Thread-safe.
public final class GrpcCalls {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final int MAX_MESSAGE_OCTETS = 1 << 20;

    private final List<InetSocketAddress> addresses;
    private final Duration deadline;
    private final Predicate<X509Certificate> revoked;
    private volatile int preferred;

    /// @param addresses replicas of one CA, at least one
    /// @param deadline of each call to each replica
    /// @param revoked whether a certificate of the CA's server is known to be revoked
    public GrpcCalls(
            List<InetSocketAddress> addresses,
            Duration deadline,
            Predicate<X509Certificate> revoked) {
        this.addresses = List.copyOf(addresses);
        this.deadline = deadline;
        this.revoked = revoked;
    }

    /// IssueCertificate with a token as evidence.
    public IssuedCertificate issue(
            Collection<X509Certificate> trust,
            String authorization,
            IssueCertificateRequest request)
            throws CallFailedException {
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, authorization);
        return call(
                HttpsTrust.of(trust, revoked),
                null,
                channel ->
                        CertificateServiceGrpc.newBlockingStub(channel)
                                .withInterceptors(
                                        MetadataUtils.newAttachHeadersInterceptor(headers))
                                .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
                                .issueCertificate(request)
                                .getCertificate());
    }

    /// RenewCertificate with the key manager's certificate as evidence.
    public IssuedCertificate renew(
            Collection<X509Certificate> trust,
            X509ExtendedKeyManager current,
            RenewCertificateRequest request)
            throws CallFailedException {
        return call(
                HttpsTrust.of(trust, revoked),
                current,
                channel ->
                        CertificateServiceGrpc.newBlockingStub(channel)
                                .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
                                .renewCertificate(request)
                                .getCertificate());
    }

    /// GetTrustBundle.
    public TrustBundle trustBundle(Collection<X509Certificate> trust) throws CallFailedException {
        return call(HttpsTrust.of(trust, revoked), null, this::requestBundle);
    }

    /// GetTrustBundle, with what else it answers.
    public GetTrustBundleResponse trustState(Collection<X509Certificate> trust)
            throws CallFailedException {
        return call(HttpsTrust.of(trust, revoked), null, this::requestState);
    }

    /// GetTrustBundle from whoever answers. What it brings is not to be believed before it has been
    /// compared with something that is.
    public TrustBundle unverifiedTrustBundle() throws CallFailedException {
        return call(new UncheckedTrust(), null, this::requestBundle);
    }

    private TrustBundle requestBundle(Channel channel) {
        return requestState(channel).getBundle();
    }

    private GetTrustBundleResponse requestState(Channel channel) {
        return TrustServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
                .getTrustBundle(GetTrustBundleRequest.getDefaultInstance());
    }

    private <T> T call(
            TrustManager trust, @Nullable X509ExtendedKeyManager keys, Function<Channel, T> call)
            throws CallFailedException {
        int first = preferred;
        CallFailedException failure = null;
        for (int i = 0; i < addresses.size(); i++) {
            int index = (first + i) % addresses.size();
            ManagedChannel channel = open(addresses.get(index), trust, keys);
            try {
                T answer = call.apply(channel);
                preferred = index;
                return answer;
            } catch (RuntimeException e) {
                failure = CallFailedException.of(name(addresses.get(index)), e);
                if (!isWorthAnotherReplica(failure.status())) {
                    throw failure;
                }
            } finally {
                channel.shutdownNow();
            }
        }
        if (failure == null) {
            throw new IllegalStateException("no CA address");
        }
        throw failure;
    }

    static boolean isWorthAnotherReplica(Status.Code status) {
        return status == Status.Code.UNAVAILABLE || status == Status.Code.DEADLINE_EXCEEDED;
    }

    /// WatchTrustBundle and WatchRevocations over one connection, without end until closed. The
    /// handler is called from gRPC's threads.
    ///
    /// @param shown certificate to show; null: none
    public WatchCalls watch(
            Collection<X509Certificate> trust,
            @Nullable X509ExtendedKeyManager shown,
            long heldVersion,
            long afterSequence,
            WatchCalls.Handler handler) {
        int index = preferred;
        InetSocketAddress address = addresses.get(index);
        WatchCalls watch =
                new WatchCalls(
                        open(address, HttpsTrust.of(trust, revoked), shown),
                        name(address),
                        handler,
                        () -> preferred = (index + 1) % addresses.size());
        watch.start(heldVersion, afterSequence);
        return watch;
    }

    static ManagedChannel open(
            InetSocketAddress address, TrustManager trust, @Nullable X509ExtendedKeyManager keys) {
        return Grpc.newChannelBuilderForAddress(
                        address.getHostString(),
                        address.getPort(),
                        PlatformTls.client(tls -> {
                            tls.trustManager(trust);
                            return keys == null ? tls : tls.keyManager(keys);
                        }))
                // Our own loop retries, with its backoff and request id.
                .disableRetry()
                .maxInboundMessageSize(MAX_MESSAGE_OCTETS)
                .keepAliveTime(30, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .build();
    }

    static String name(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }
}
