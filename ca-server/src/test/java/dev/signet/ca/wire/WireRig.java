package dev.signet.ca.wire;

import dev.signet.ca.admin.OperatorActs;
import dev.signet.ca.authority.Authorities;
import dev.signet.ca.authority.AuthorityChanges;
import dev.signet.ca.authority.BelievedIssuers;
import dev.signet.ca.authority.IssuingAuthority;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.ledger.ClockGuard;
import dev.signet.ca.ledger.LedgerHealth;
import dev.signet.ca.ledger.LedgerProblem;
import dev.signet.ca.ledger.LedgerSettings;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.ssl.SslContextBuilder;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The edge as it is, on real sockets, with fakes behind it. Close it.
final class WireRig implements AutoCloseable {

    private static final CryptoProvider CRYPTO = CryptoProvider.detect();

    static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    final TestCa ca = new TestCa();
    final FakeIssuance issuance = new FakeIssuance(ca);
    final FakeTrustBundles bundles = new FakeTrustBundles(ca.bundle(1));
    final dev.signet.ca.audit.InMemoryRefusals refusals =
            new dev.signet.ca.audit.InMemoryRefusals();
    final dev.signet.ca.reissue.SettableRenewalOrders orders =
            new dev.signet.ca.reissue.SettableRenewalOrders();
    final FakeRevocationFeed revocations = new FakeRevocationFeed();
    final List<Acknowledged> acknowledged = new java.util.concurrent.CopyOnWriteArrayList<>();
    final FakeOperatorActs acts = new FakeOperatorActs();
    final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    volatile Optional<LedgerProblem> ledgerProblem = Optional.empty();
    volatile Optional<Refusal> clockObjection = Optional.empty();
    volatile java.util.function.Function<List<X509Certificate>, Optional<Refusal>> revoked =
            _ -> Optional.empty();

    private final AnnotationConfigApplicationContext context =
            new AnnotationConfigApplicationContext();
    private final List<ManagedChannel> channels = new ArrayList<>();

    /// What other parts serve on the HTTP port.
    final List<HttpDocuments> documents = new ArrayList<>();

    /// @param settings of `signet.grpc`, `signet.http`, `signet.operator` and `signet.stop`, with
    ///   names as in files
    static WireRig start(Map<String, String> settings) {
        WireRig rig = new WireRig();
        rig.run(settings);
        return rig;
    }

    /// Not started yet, to prepare the fakes.
    WireRig() {}

    void run(Map<String, String> settings) {
        Map<String, String> all = new java.util.HashMap<>();
        all.put("signet.grpc.port", "0");
        all.put("signet.grpc.address", "127.0.0.1");
        all.put("signet.http.port", "0");
        all.put("signet.stop.drain-time", "0s");
        all.putAll(settings);
        Binder binder = new Binder(new MapConfigurationPropertySource(all));
        bean(GrpcSettings.class, bind(binder, "signet.grpc", GrpcSettings.class));
        bean(HttpSettings.class, bind(binder, "signet.http", HttpSettings.class));
        bean(OperatorSettings.class, bind(binder, "signet.operator", OperatorSettings.class));
        bean(StopSettings.class, bind(binder, "signet.stop", StopSettings.class));
        bean(LedgerSettings.class, LedgerSettings.defaults());
        bean(FakeIssuance.class, issuance);
        bean(FakeTrustBundles.class, bundles);
        bean(OperatorActs.class, acts);
        bean(dev.signet.ca.revocation.RevocationFeed.class, revocations);
        bean(
                dev.signet.ca.trust.Acknowledgements.class,
                (id, serial, notAfter, version) ->
                        acknowledged.add(new Acknowledged(id.toString(), serial, version)));
        bean(dev.signet.ca.audit.RefusalRecords.class, refusals);
        bean(PrometheusMeterRegistry.class, registry);
        bean(CryptoProvider.class, CRYPTO);
        bean(InstantSource.class, InstantSource.system());
        bean(SecureRandom.class, new SecureRandom());
        bean(LedgerHealth.class, () -> ledgerProblem);
        bean(ClockGuard.class, () -> clockObjection);
        bean(Authorities.class, new NoAuthorities());
        bean(BelievedIssuers.class, id -> true);
        bean(AuthorityChanges.class, look -> {});
        bean(dev.signet.ca.reissue.RenewalOrders.class, orders);
        bean(
                dev.signet.ca.admin.HolderRevocation.class,
                (chain, address, reason, comment) ->
                        new dev.signet.ca.admin.ActOutcome.Refused<>(
                                Refusal.of(RefusalCode.CONFLICT, "a fake")));
        bean(
                dev.signet.ca.federation.FederatedBundles.class,
                new dev.signet.ca.federation.SettableFederatedBundles());
        bean(dev.signet.ca.revocation.RevocationCheck.class, chain -> revoked.apply(chain));
        for (int i = 0; i < documents.size(); i++) {
            HttpDocuments part = documents.get(i);
            context.registerBean("documents-" + i, HttpDocuments.class, () -> part);
        }
        context.register(WireConfiguration.class);
        context.refresh();
    }

    private static <T> T bind(Binder binder, String prefix, Class<T> type) {
        return binder.bindOrCreate(prefix, Bindable.of(type));
    }

    private <T> void bean(Class<T> type, T instance) {
        context.registerBean(type, () -> instance);
    }

    <T> T part(Class<T> type) {
        return context.getBean(type);
    }

    int grpcPort() {
        return part(ListeningPorts.class).grpc();
    }

    int httpPort() {
        return part(ListeningPorts.class).http();
    }

    /// A new TLS connection without client certificate.
    ManagedChannel channel() {
        return channel(null);
    }

    /// @param client whose certificate to show; null: none
    ManagedChannel channel(Client client) {
        try {
            SslContextBuilder tls = GrpcSslContexts.forClient().trustManager(ca.root());
            if (client != null) {
                tls.keyManager(client.key(), client.certificate());
            }
            ManagedChannel channel =
                    NettyChannelBuilder.forAddress("127.0.0.1", grpcPort())
                            .overrideAuthority("localhost")
                            .sslContext(tls.build())
                            .disableRetry()
                            .build();
            channels.add(channel);
            return channel;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    record Acknowledged(
            String spiffeId, dev.signet.ca.certificate.SerialNumber serial, long version) {}

    record Client(PrivateKey key, X509Certificate certificate) {}

    Client client(dev.signet.ca.certificate.Validity validity) {
        return client(ca, validity);
    }

    static Client client(TestCa issuer, dev.signet.ca.certificate.Validity validity) {
        KeyPair keys = TestCa.newKeys();
        return new Client(
                keys.getPrivate(),
                issuer.leaf(
                        keys.getPublic().getEncoded(),
                        TestCa.serial(validity.notAfter()),
                        new dev.signet.ca.identity.SpiffeId(TestCa.DOMAIN, "/workload"),
                        validity));
    }

    static <S extends io.grpc.stub.AbstractStub<S>> S with(S stub, String authorization) {
        Metadata metadata = new Metadata();
        metadata.put(AUTHORIZATION, authorization);
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    /// `ErrorInfo.reason` of a refusal; empty without one.
    static String reason(StatusRuntimeException e) {
        com.google.rpc.Status status = StatusProto.fromThrowable(e);
        if (status == null) {
            return "";
        }
        return status.getDetailsList().stream()
                .filter(any -> any.is(com.google.rpc.ErrorInfo.class))
                .map(any -> {
                    try {
                        return any.unpack(com.google.rpc.ErrorInfo.class).getReason();
                    } catch (Exception malformed) {
                        throw new IllegalStateException(malformed);
                    }
                })
                .findFirst()
                .orElse("");
    }

    void closeChannels() {
        channels.forEach(ManagedChannel::shutdownNow);
        for (ManagedChannel channel : channels) {
            try {
                channel.awaitTermination(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        closeChannels();
        context.close();
    }

    private static final class NoAuthorities implements Authorities {
        @Override
        public boolean isKeyOfAuthority(byte[] sha256) {
            return false;
        }

        @Override
        public boolean isNameOfAuthority(byte[] subject) {
            return false;
        }

        @Override
        public Selection active(java.time.Instant now) {
            return new Selection.Usable(new NoAuthority());
        }

        @Override
        public Optional<List<byte[]>> chain(String authorityId) {
            return Optional.empty();
        }

        @Override
        public dev.signet.ca.authority.TrustAnchors trustAnchors() {
            throw new UnsupportedOperationException();
        }
    }

    private static final class NoAuthority implements IssuingAuthority {
        @Override
        public String id() {
            return "none";
        }

        @Override
        public dev.signet.ca.certificate.Issuer issuer() {
            java.time.Instant now =
                    java.time.Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
            return new dev.signet.ca.certificate.Issuer(
                    new byte[0],
                    new byte[0],
                    dev.signet.ca.certificate.Validity.of(now, java.time.Duration.ofDays(1)),
                    dev.signet.ca.certificate.SignatureAlgorithm.ECDSA_P256_SHA256,
                    0);
        }

        @Override
        public List<byte[]> chain() {
            return List.of();
        }

        @Override
        public boolean mayBlock() {
            return false;
        }

        @Override
        public java.util.Optional<String> impediment() {
            return java.util.Optional.empty();
        }

        @Override
        public dev.signet.ca.authority.PreparedCertificate prepare(
                dev.signet.ca.certificate.CertificateContent content) {
            throw new UnsupportedOperationException();
        }
    }

    static final class FakeOperatorActs implements OperatorActs {
        volatile java.util.function.Supplier<ListOutcome> list =
                () -> new ListOutcome.Page(List.of(), null);

        @Override
        public TokenOutcome createJoinToken(
                String spiffeIdPattern, java.time.Duration timeToLive, String operator) {
            return new TokenOutcome.Refused(
                    Refusal.of(RefusalCode.INVALID_ARGUMENT, "no tokens here"));
        }

        @Override
        public ListOutcome listCertificates(Query query) {
            return list.get();
        }
    }
}
