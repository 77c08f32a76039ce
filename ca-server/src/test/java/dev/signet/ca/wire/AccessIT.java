package dev.signet.ca.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.certificate.Validity;
import dev.signet.ca.issuance.IssuanceRequest;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

class AccessIT {

    private static final String CREDENTIAL = "c".repeat(40);

    @TempDir private Path directory;

    /// One way to call, and the kind that it is.
    private record Way(String name, CallerKind kind, boolean certificate, List<String> values) {}

    private static final List<Way> WAYS =
            List.of(
                    new Way("nothing", CallerKind.ANONYMOUS, false, List.of()),
                    new Way("certificate", CallerKind.CLIENT_CERTIFICATE, true, List.of()),
                    new Way("bearer", CallerKind.BEARER_TOKEN, false, List.of("Bearer a.b.c")),
                    new Way(
                            "bearer, lower case",
                            CallerKind.BEARER_TOKEN,
                            false,
                            List.of("bearer a")),
                    new Way(
                            "bearer and certificate",
                            CallerKind.BEARER_TOKEN,
                            true,
                            List.of("Bearer a")),
                    new Way("join", CallerKind.JOIN_TOKEN, false, List.of("Join abc")),
                    new Way(
                            "operator",
                            CallerKind.OPERATOR,
                            false,
                            List.of("Operator " + CREDENTIAL)),
                    new Way(
                            "wrong operator",
                            CallerKind.UNREADABLE,
                            false,
                            List.of("Operator " + "d".repeat(40))),
                    new Way(
                            "wrong operator with certificate",
                            CallerKind.UNREADABLE,
                            true,
                            List.of("Operator x")),
                    new Way(
                            "two values",
                            CallerKind.UNREADABLE,
                            false,
                            List.of("Bearer a", "Join b")),
                    new Way(
                            "two in one",
                            CallerKind.UNREADABLE,
                            false,
                            List.of("Bearer a, Join b")),
                    new Way("unknown scheme", CallerKind.UNREADABLE, true, List.of("Basic YTpi")),
                    new Way("no scheme", CallerKind.UNREADABLE, false, List.of("abc")),
                    new Way("empty token", CallerKind.UNREADABLE, false, List.of("Bearer ")),
                    new Way(
                            "long token",
                            CallerKind.UNREADABLE,
                            false,
                            List.of("Bearer " + "a".repeat(8193))));

    /// Written down again here, on purpose: a change of the table must be made twice.
    private static final Map<String, Set<CallerKind>> EXPECTED =
            Map.ofEntries(
                    Map.entry(
                            "signet.v1.CertificateService/IssueCertificate",
                            Set.of(CallerKind.BEARER_TOKEN, CallerKind.JOIN_TOKEN)),
                    Map.entry(
                            "signet.v1.CertificateService/RenewCertificate",
                            Set.of(CallerKind.CLIENT_CERTIFICATE)),
                    Map.entry(
                            "signet.v1.CertificateService/IssueCertificateForSubject",
                            Set.of(CallerKind.CLIENT_CERTIFICATE)),
                    Map.entry(
                            "signet.v1.CertificateService/RevokeCertificate",
                            Set.of(CallerKind.CLIENT_CERTIFICATE)),
                    Map.entry(
                            "signet.v1.OperatorService/CreateJoinToken",
                            Set.of(CallerKind.OPERATOR)),
                    Map.entry(
                            "signet.v1.OperatorService/ListCertificates",
                            Set.of(CallerKind.OPERATOR)),
                    Map.entry("signet.v1.TrustService/GetTrustBundle", anybody()),
                    Map.entry("signet.v1.TrustService/WatchTrustBundle", anybody()),
                    Map.entry("signet.v1.TrustService/WatchRevocations", anybody()),
                    Map.entry(
                            "signet.v1.TrustService/AcknowledgeTrustBundle",
                            Set.of(CallerKind.CLIENT_CERTIFICATE)),
                    Map.entry("grpc.health.v1.Health/Check", anybody()),
                    Map.entry("grpc.health.v1.Health/Watch", anybody()),
                    Map.entry(
                            "grpc.reflection.v1.ServerReflection/ServerReflectionInfo", anybody()));

    private static Set<CallerKind> anybody() {
        return Set.of(
                CallerKind.ANONYMOUS,
                CallerKind.CLIENT_CERTIFICATE,
                CallerKind.BEARER_TOKEN,
                CallerKind.JOIN_TOKEN,
                CallerKind.OPERATOR);
    }

    @Test
    void R11_everyMethodIsDeniedToEveryCallerKindUnlessListed() throws Exception {
        Path credential = Files.writeString(directory.resolve("credential"), CREDENTIAL);
        try (WireRig rig =
                WireRig.start(Map.of("signet.operator.credential-file", credential.toString()))) {
            Set<String> served =
                    rig.part(GrpcServer.class).services().stream()
                            .map(ServerServiceDefinition::getMethods)
                            .flatMap(methods -> methods.stream())
                            .map(method -> method.getMethodDescriptor().getFullMethodName())
                            .collect(Collectors.toCollection(TreeSet::new));
            assertThat(served).isEqualTo(new TreeSet<>(EXPECTED.keySet()));
            Instant now = Instant.now();
            ManagedChannel plain = rig.channel();
            ManagedChannel certified =
                    rig.channel(rig.client(Validity.of(now.minusSeconds(5), Duration.ofHours(1))));
            for (String method : served) {
                for (Way way : WAYS) {
                    List<IssuanceRequest> before = List.copyOf(rig.issuance.requests);
                    StatusRuntimeException end =
                            call(way.certificate() ? certified : plain, method, way.values());
                    boolean denied =
                            Set.of(Status.Code.UNAUTHENTICATED, Status.Code.PERMISSION_DENIED)
                                    .contains(end.getStatus().getCode());
                    boolean permitted =
                            EXPECTED.getOrDefault(method, Set.of()).contains(way.kind());
                    assertThat(denied).as("%s by %s: %s", method, way, end).isEqualTo(!permitted);
                    if (denied) {
                        assertThat(rig.issuance.requests).isEqualTo(before);
                        assertThat(WireRig.reason(end))
                                .isEqualTo(
                                        way.kind().proven() ? "NOT_PERMITTED" : "UNAUTHENTICATED");
                    }
                }
            }
            assertThat(
                            call(plain, "signet.v1.CertificateService/Other", List.of("Bearer a"))
                                    .getStatus()
                                    .getCode())
                    .isEqualTo(Status.Code.UNIMPLEMENTED);
        }
    }

    @Test
    void R11_everyMethodIsDeniedToARevokedCertificateThatCountsAsEvidence() throws Exception {
        try (WireRig rig = WireRig.start(Map.of())) {
            ManagedChannel certified =
                    rig.channel(
                            rig.client(
                                    Validity.of(
                                            Instant.now().minusSeconds(5), Duration.ofHours(1))));
            for (String method : EXPECTED.keySet()) {
                rig.revoked = _ -> java.util.Optional.empty();
                boolean permitted = EXPECTED.get(method).contains(CallerKind.CLIENT_CERTIFICATE);
                assertThat(
                                call(certified, method, List.of()).getStatus().getCode()
                                        != Status.Code.PERMISSION_DENIED)
                        .as(method)
                        .isEqualTo(permitted);
                rig.revoked =
                        _ ->
                                java.util.Optional.of(
                                        dev.signet.ca.refusal.Refusal.withDiagnosis(
                                                dev.signet.ca.refusal.RefusalCode.UNAUTHENTICATED,
                                                "",
                                                "revoked"));
                // On the same connection.
                StatusRuntimeException end = call(certified, method, List.of());
                if (EXPECTED.get(method).contains(CallerKind.ANONYMOUS)) {
                    // It reads what anybody may, and as anybody.
                    assertThat(end.getStatus().getCode())
                            .as(method)
                            .isNotEqualTo(Status.Code.UNAUTHENTICATED);
                } else if (permitted) {
                    assertThat(end.getStatus().getCode())
                            .as(method)
                            .isEqualTo(Status.Code.UNAUTHENTICATED);
                    assertThat(end.getStatus().getDescription()).doesNotContain("revoked");
                } else {
                    assertThat(end.getStatus().getCode()).isNotEqualTo(Status.Code.OK);
                }
                // A bearer token beside it alone counts.
                assertThat(
                                call(certified, method, List.of("Bearer a.b.c"))
                                                .getStatus()
                                                .getCode()
                                        != Status.Code.UNAUTHENTICATED)
                        .as(method)
                        .isEqualTo(EXPECTED.get(method).contains(CallerKind.BEARER_TOKEN));
            }
        }
    }

    @Test
    void deniesAMethodThatNobodyListed() {
        for (CallerKind kind : CallerKind.values()) {
            assertThat(AccessTable.permits("signet.v1.CertificateService/NewMethod", kind))
                    .isFalse();
        }
    }

    @Test
    void deniesOperatorCallsWhereNoCredentialIsConfigured() {
        try (WireRig rig = WireRig.start(Map.of())) {
            for (String value : List.of("Operator " + CREDENTIAL, "Operator null", "Operator x")) {
                assertThat(
                                call(
                                                rig.channel(),
                                                "signet.v1.OperatorService/ListCertificates",
                                                List.of(value))
                                        .getStatus()
                                        .getCode())
                        .isEqualTo(Status.Code.UNAUTHENTICATED);
            }
        }
    }

    /// Calls with an empty message and waits for the first answer or the end.
    private static StatusRuntimeException call(
            ManagedChannel channel, String method, List<String> authorization) {
        Octets octets = new Octets();
        ClientCall<byte[], byte[]> call =
                channel.newCall(
                        MethodDescriptor.<byte[], byte[]>newBuilder(octets, octets)
                                .setType(MethodDescriptor.MethodType.UNKNOWN)
                                .setFullMethodName(method)
                                .build(),
                        CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS));
        Metadata metadata = new Metadata();
        authorization.forEach(value -> metadata.put(WireRig.AUTHORIZATION, value));
        CompletableFuture<StatusRuntimeException> end = new CompletableFuture<>();
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(byte[] message) {
                        end.complete(Status.OK.asRuntimeException());
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status.asRuntimeException(trailers));
                    }
                },
                metadata);
        call.request(1);
        call.sendMessage(new byte[0]);
        call.halfClose();
        StatusRuntimeException status = end.join();
        call.cancel("seen enough", null);
        return status;
    }

    private static final class Octets implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
