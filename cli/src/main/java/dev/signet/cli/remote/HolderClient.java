package dev.signet.cli.remote;

import dev.signet.cli.CommandFailedException;
import dev.signet.client.CaCredentials;
import dev.signet.client.Pem;
import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.RevocationReason;
import dev.signet.proto.v1.RevokeCertificateRequest;
import dev.signet.proto.v1.RevokeCertificateResponse;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Calls of the holder of a certificate to one server. Every call ends within 20 s; where it fails
/// it throws [CommandFailedException] with the server's own reason. Thread-safe.
public final class HolderClient implements AutoCloseable {

    private static final int DEADLINE_SECONDS = 20;

    private final String address;
    private final ManagedChannel channel;

    private HolderClient(String address, ManagedChannel channel) {
        this.address = address;
        this.channel = channel;
    }

    /// Nothing is sent yet.
    ///
    /// @param certificate PEM, the leaf first, then its issuers
    /// @param key PEM, PKCS#8
    public static HolderClient connect(String address, Path bundle, Path certificate, Path key) {
        try {
            return new HolderClient(
                    address,
                    Grpc.newChannelBuilder(
                                    "dns:///" + address,
                                    CaCredentials.showing(
                                            Pem.certificates(Files.readString(bundle)),
                                            Pem.certificates(Files.readString(certificate)),
                                            Pem.privateKey(Files.readString(key))))
                            .disableRetry()
                            .build());
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailedException(
                    "NO_CREDENTIAL",
                    bundle
                            + ", "
                            + certificate
                            + " or "
                            + key
                            + " is not usable: "
                            + e.getMessage());
        }
    }

    /// Revokes the certificate that this shows, for good.
    public RevokeCertificateResponse revoke(RevocationReason reason, String comment) {
        try {
            return CertificateServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                    .revokeCertificate(
                            RevokeCertificateRequest.newBuilder()
                                    .setReason(reason)
                                    .setComment(comment)
                                    .build());
        } catch (StatusRuntimeException e) {
            throw Refusals.failure(address, e);
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
