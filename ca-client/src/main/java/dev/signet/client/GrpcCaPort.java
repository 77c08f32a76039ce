package dev.signet.client;

import com.google.protobuf.ByteString;

import dev.signet.client.internal.CallFailedException;
import dev.signet.client.internal.GrpcCalls;
import dev.signet.client.internal.WatchCalls;
import dev.signet.client.rotation.RenewalWindow;
import dev.signet.proto.v1.GetTrustBundleResponse;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssuedCertificate;
import dev.signet.proto.v1.RenewCertificateRequest;
import dev.signet.proto.v1.WatchRevocationsResponse;
import dev.signet.proto.v1.WatchTrustBundleResponse;

import java.net.InetSocketAddress;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

import javax.net.ssl.SSLException;

/// The CA over gRPC. Thread-safe.
final class GrpcCaPort implements CaPort {

    private final GrpcCalls calls;
    private final InstantSource clock;

    GrpcCaPort(
            List<CaAddress> addresses,
            Duration deadline,
            InstantSource clock,
            Predicate<X509Certificate> revoked) {
        this.calls =
                new GrpcCalls(
                        addresses.stream()
                                .map(a -> InetSocketAddress.createUnresolved(a.host(), a.port()))
                                .toList(),
                        deadline,
                        revoked);
        this.clock = clock;
    }

    @Override
    public Answer issue(Collection<X509Certificate> trust, String authorization, Attempt attempt) {
        IssueCertificateRequest.Builder request =
                IssueCertificateRequest.newBuilder()
                        .setCertificateSigningRequest(ByteString.copyFrom(attempt.csr()))
                        .setRequestId(attempt.requestId());
        IssueRequest requested = attempt.requested();
        Duration lifetime = requested.lifetime();
        if (lifetime != null) {
            request.setLifetime(seconds(lifetime));
        }
        SpiffeId spiffeId = requested.spiffeId();
        if (spiffeId != null) {
            request.setSpiffeId(spiffeId.toString());
        }
        String profile = requested.profile();
        if (profile != null) {
            request.setProfile(profile);
        }
        if (!requested.names().equals(SubjectRequest.Names.NONE)) {
            request.setNames(SubjectMessages.names(requested.names()));
        }
        try {
            return answer(calls.issue(trust, authorization, request.build()));
        } catch (CallFailedException e) {
            throw translated(e, false);
        }
    }

    @Override
    public Answer renew(Collection<X509Certificate> trust, X509Svid current, Attempt attempt) {
        RenewCertificateRequest.Builder request =
                RenewCertificateRequest.newBuilder()
                        .setCertificateSigningRequest(ByteString.copyFrom(attempt.csr()))
                        .setRequestId(attempt.requestId());
        IssueRequest requested = attempt.requested();
        Duration lifetime = requested.lifetime();
        if (lifetime != null) {
            request.setLifetime(seconds(lifetime));
        }
        String profile = requested.profile();
        if (profile != null) {
            request.setProfile(profile);
        }
        if (!requested.names().equals(SubjectRequest.Names.NONE)) {
            request.setNames(SubjectMessages.names(requested.names()));
        }
        try {
            return answer(
                    calls.renew(
                            trust,
                            new SvidKeyManager(LiveIdentity.of(current, clock)),
                            request.build()));
        } catch (CallFailedException e) {
            throw translated(e, true);
        }
    }

    @Override
    public TrustBundle trustBundle(Collection<X509Certificate> trust) {
        try {
            return TrustMessages.bundle(calls.trustBundle(trust));
        } catch (CallFailedException e) {
            throw translated(e, false);
        }
    }

    @Override
    public TrustBundle unverifiedTrustBundle() {
        try {
            return TrustMessages.bundle(calls.unverifiedTrustBundle());
        } catch (CallFailedException e) {
            throw translated(e, false);
        }
    }

    @Override
    public TrustState trustState(Collection<X509Certificate> trust) {
        try {
            GetTrustBundleResponse response = calls.trustState(trust);
            return new TrustState(
                    TrustMessages.bundle(response.getBundle()),
                    TrustMessages.foreign(response.getFederatedBundlesList()),
                    List.of());
        } catch (CallFailedException e) {
            throw translated(e, false);
        }
    }

    @Override
    public Watch watch(Collection<X509Certificate> trust, Opening opening, Watcher watcher) {
        X509Svid shown = opening.shown();
        WatchCalls.Handler handler =
                new WatchCalls.Handler() {
                    @Override
                    public void trust(WatchTrustBundleResponse response) {
                        watcher.trust(TrustMessages.state(response));
                    }

                    @Override
                    public void revocations(WatchRevocationsResponse response) {
                        watcher.revocations(TrustMessages.update(response));
                    }

                    @Override
                    public void ended(CallFailedException failure) {
                        watcher.ended(translated(failure, shown != null));
                    }
                };
        WatchCalls watch =
                calls.watch(
                        trust,
                        shown == null ? null : new SvidKeyManager(LiveIdentity.of(shown, clock)),
                        opening.heldVersion(),
                        opening.afterSequence(),
                        handler);
        return new Watch() {
            @Override
            public void acknowledge(long version) {
                watch.acknowledge(version);
            }

            @Override
            public void close() {
                watch.close();
            }
        };
    }

    private static Answer answer(IssuedCertificate issued) {
        return new Answer(
                TrustMessages.certificates(
                        issued.getCertificateChainList(), SvidVerifier.MAX_CHAIN),
                new RenewalWindow(
                        TrustMessages.instant(issued.getRenewalWindow().getStart()),
                        TrustMessages.instant(issued.getRenewalWindow().getEnd())),
                issued.getTrustBundleVersion(),
                TrustMessages.notices(issued));
    }

    private static com.google.protobuf.Duration seconds(Duration duration) {
        return com.google.protobuf.Duration.newBuilder().setSeconds(duration.toSeconds()).build();
    }

    static SignetClientException translated(CallFailedException e, boolean withCertificate) {
        if (e.isOfAnother()) {
            return new CaUnavailableException(e.reason(), e.getMessage(), null, e);
        }
        if (e.causedBy(CertificateException.class) || e.causedBy(CertPathBuilderException.class)) {
            return new UntrustedCaException(
                    "CA_CERTIFICATE_NOT_TRUSTED",
                    "the CA's TLS certificate does not verify; check the address and the trust"
                            + " bundle or pin, and whether a proxy that opens TLS is in between. "
                            + e.getMessage(),
                    e);
        }
        if (withCertificate && e.causedBy(SSLException.class)) {
            return new RequestRefusedException(
                    "CLIENT_CERTIFICATE_REFUSED", e.getMessage(), e.details(), e);
        }
        return switch (e.status()) {
            case INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    UNAUTHENTICATED,
                    FAILED_PRECONDITION,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED ->
                    new RequestRefusedException(e.reason(), e.getMessage(), e.details(), e);
            case OK,
                    CANCELLED,
                    UNKNOWN,
                    DEADLINE_EXCEEDED,
                    RESOURCE_EXHAUSTED,
                    ABORTED,
                    INTERNAL,
                    UNAVAILABLE,
                    DATA_LOSS ->
                    new CaUnavailableException(e.reason(), e.getMessage(), e.retryAfter(), e);
        };
    }
}
