package dev.signet.cli.remote;

import com.google.protobuf.Duration;

import dev.signet.cli.CommandFailedException;
import dev.signet.client.CaCredentials;
import dev.signet.client.Pem;
import dev.signet.proto.v1.CertificateRecord;
import dev.signet.proto.v1.CreateJoinTokenRequest;
import dev.signet.proto.v1.CreateJoinTokenResponse;
import dev.signet.proto.v1.ListCertificatesRequest;
import dev.signet.proto.v1.ListCertificatesResponse;
import dev.signet.proto.v1.OperatorServiceGrpc;
import dev.signet.proto.v1.OperatorServiceGrpc.OperatorServiceBlockingStub;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The operator's calls to one server. Every call ends within 20 s; where it fails it throws
/// [CommandFailedException] with the server's own reason. Thread-safe.
public final class OperatorClient implements AutoCloseable {

    private static final int DEADLINE_SECONDS = 20;
    private static final int LARGEST_PAGE = 1000;
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final String address;
    private final ManagedChannel channel;
    private final OperatorServiceBlockingStub stub;

    private OperatorClient(String address, ManagedChannel channel, String credential) {
        this.address = address;
        this.channel = channel;
        Metadata metadata = new Metadata();
        metadata.put(AUTHORIZATION, "Operator " + credential);
        this.stub =
                OperatorServiceGrpc.newBlockingStub(channel)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    /// Nothing is sent yet.
    ///
    /// @param credential a secret
    public static OperatorClient connect(String address, Path bundle, String credential) {
        try {
            ManagedChannel channel =
                    Grpc.newChannelBuilder(
                                    "dns:///" + address,
                                    CaCredentials.trusting(
                                            Pem.certificates(Files.readString(bundle))))
                            .disableRetry()
                            .build();
            return new OperatorClient(address, channel, credential);
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailedException(
                    "NO_BUNDLE", bundle + " is no trust bundle: " + e.getMessage());
        }
    }

    /// @param spiffeIdPattern a SPIFFE ID; its last segment may be `*`
    /// @param timeToLive null: the server's default
    public CreateJoinTokenResponse createJoinToken(
            String spiffeIdPattern, java.time.@Nullable Duration timeToLive) {
        CreateJoinTokenRequest.Builder request =
                CreateJoinTokenRequest.newBuilder().setSpiffeIdPattern(spiffeIdPattern);
        if (timeToLive != null) {
            request.setTimeToLive(Duration.newBuilder().setSeconds(timeToLive.toSeconds()));
        }
        try {
            return deadlined().createJoinToken(request.build());
        } catch (StatusRuntimeException e) {
            throw Refusals.failure(address, e);
        }
    }

    /// The youngest certificates, at most `limit` of them.
    ///
    /// @param spiffeIdPrefix empty: all
    public List<CertificateRecord> certificates(String spiffeIdPrefix, int limit) {
        List<CertificateRecord> records = new ArrayList<>();
        String page = "";
        try {
            do {
                ListCertificatesResponse response =
                        deadlined()
                                .listCertificates(
                                        ListCertificatesRequest.newBuilder()
                                                .setSpiffeIdPrefix(spiffeIdPrefix)
                                                .setPageSize(
                                                        Math.min(
                                                                LARGEST_PAGE,
                                                                limit - records.size()))
                                                .setPageToken(page)
                                                .build());
                records.addAll(response.getCertificatesList());
                page = response.getNextPageToken();
            } while (!page.isEmpty() && records.size() < limit);
        } catch (StatusRuntimeException e) {
            throw Refusals.failure(address, e);
        }
        return List.copyOf(records);
    }

    private OperatorServiceBlockingStub deadlined() {
        return stub.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
