package dev.signet.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;

import dev.signet.client.internal.CallFailedException;
import dev.signet.client.internal.GrpcCalls;
import dev.signet.client.rotation.RenewalWindow;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssuedCertificate;
import dev.signet.proto.v1.RenewCertificateRequest;

import java.net.InetSocketAddress;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

import javax.net.ssl.SSLException;

/// The CA over gRPC. Thread-safe.
final class GrpcCaPort implements CaPort {

    private static final int MAX_CERTIFICATE_OCTETS = 16 * 1024;
    private static final Duration DEFAULT_REFRESH = Duration.ofMinutes(5);
    private static final Duration LEAST_REFRESH = Duration.ofSeconds(1);
    private static final Duration MOST_REFRESH = Duration.ofDays(1);

    private final GrpcCalls calls;
    private final InstantSource clock;

    GrpcCaPort(List<CaAddress> addresses, Duration deadline, InstantSource clock) {
        this.calls =
                new GrpcCalls(
                        addresses.stream()
                                .map(a -> InetSocketAddress.createUnresolved(a.host(), a.port()))
                                .toList(),
                        deadline);
        this.clock = clock;
    }

    @Override
    public Answer issue(Collection<X509Certificate> trust, String authorization, Attempt attempt) {
        IssueCertificateRequest.Builder request =
                IssueCertificateRequest.newBuilder()
                        .setCertificateSigningRequest(ByteString.copyFrom(attempt.csr()))
                        .setRequestId(attempt.requestId());
        Duration lifetime = attempt.lifetime();
        if (lifetime != null) {
            request.setLifetime(seconds(lifetime));
        }
        SpiffeId wish = attempt.spiffeId();
        if (wish != null) {
            request.setSpiffeId(wish.toString());
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
        Duration lifetime = attempt.lifetime();
        if (lifetime != null) {
            request.setLifetime(seconds(lifetime));
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
            return bundle(calls.trustBundle(trust));
        } catch (CallFailedException e) {
            throw translated(e, false);
        }
    }

    @Override
    public TrustBundle unverifiedTrustBundle() {
        try {
            return bundle(calls.unverifiedTrustBundle());
        } catch (CallFailedException e) {
            throw translated(e, false);
        }
    }

    @Override
    public Runnable watch(
            Collection<X509Certificate> trust,
            Consumer<TrustBundle> onBundle,
            Consumer<SignetClientException> onEnd) {
        return calls.watch(
                trust,
                proto -> onBundle.accept(bundle(proto)),
                failure -> onEnd.accept(translated(failure, false)));
    }

    private static Answer answer(IssuedCertificate issued) {
        return new Answer(
                certificates(issued.getCertificateChainList(), SvidVerifier.MAX_CHAIN),
                new RenewalWindow(
                        instant(issued.getRenewalWindow().getStart()),
                        instant(issued.getRenewalWindow().getEnd())),
                issued.getTrustBundleVersion());
    }

    private static TrustBundle bundle(dev.signet.proto.v1.TrustBundle proto) {
        Duration refresh = DEFAULT_REFRESH;
        if (proto.hasRefreshHint()) {
            long seconds = proto.getRefreshHint().getSeconds();
            refresh =
                    Duration.ofSeconds(
                            Math.max(
                                    LEAST_REFRESH.toSeconds(),
                                    Math.min(seconds, MOST_REFRESH.toSeconds())));
        }
        try {
            return new TrustBundle(
                    new TrustDomain(proto.getTrustDomain()),
                    proto.getVersion(),
                    certificates(proto.getX509AuthoritiesList(), TrustBundle.MAX_AUTHORITIES),
                    refresh);
        } catch (IllegalArgumentException e) {
            throw malformed(e.getMessage(), e);
        }
    }

    private static List<X509Certificate> certificates(List<ByteString> ders, int most) {
        if (ders.size() > most) {
            throw malformed(ders.size() + " certificates (expected: <= " + most + ")", null);
        }
        List<X509Certificate> certificates = new ArrayList<>();
        for (ByteString der : ders) {
            if (der.size() > MAX_CERTIFICATE_OCTETS) {
                throw malformed("a certificate of " + der.size() + " octets", null);
            }
            try {
                certificates.add(Pem.certificate(der.toByteArray()));
            } catch (IllegalArgumentException e) {
                throw malformed(e.getMessage(), e);
            }
        }
        return certificates;
    }

    private static UntrustedCaException malformed(
            @org.jspecify.annotations.Nullable String what,
            @org.jspecify.annotations.Nullable Throwable cause) {
        return new UntrustedCaException(
                "ANSWER_MALFORMED", "the CA's answer cannot be used: " + what, cause);
    }

    private static Instant instant(Timestamp timestamp) {
        return Instant.ofEpochSecond(
                Math.max(0, Math.min(timestamp.getSeconds(), 253_402_300_799L)),
                Math.max(0, Math.min(timestamp.getNanos(), 999_999_999)));
    }

    private static com.google.protobuf.Duration seconds(Duration duration) {
        return com.google.protobuf.Duration.newBuilder().setSeconds(duration.toSeconds()).build();
    }

    private static SignetClientException translated(
            CallFailedException e, boolean withCertificate) {
        if (e.causedBy(CertificateException.class) || e.causedBy(CertPathBuilderException.class)) {
            return new UntrustedCaException(
                    "CA_CERTIFICATE_NOT_TRUSTED",
                    "the CA's TLS certificate does not verify; check the address and the trust"
                            + " bundle or pin. "
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
