package dev.signet.cli.remote;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

import org.jspecify.annotations.Nullable;

import java.net.ConnectException;
import java.security.cert.CertificateException;

/// From a gRPC status to what the user is told and how the command exits.
final class Refusals {

    private Refusals() {}

    static CommandFailedException failure(String address, StatusRuntimeException failure) {
        Status status = failure.getStatus();
        if (causedBy(failure, CertificateException.class)) {
            return new CommandFailedException(
                    ExitCode.UNREACHABLE,
                    "CA_CERTIFICATE_NOT_TRUSTED",
                    UntrustedServer.message(
                            address,
                            "this trust bundle (--bundle, or that of --data-dir)",
                            "no certification path"),
                    failure);
        }
        String reason = reason(failure);
        String description =
                status.getDescription() == null ? "no reason given" : status.getDescription();
        return switch (status.getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED ->
                    reason == null && !causedBy(failure, ConnectException.class)
                            ? new CommandFailedException(
                                    ExitCode.UNREACHABLE,
                                    "OUTCOME_UNKNOWN",
                                    "the outcome is unknown: no answer came from "
                                            + address
                                            + " ("
                                            + description
                                            + ")\n`signet certificates show SERIAL` shows whether"
                                            + " it was done",
                                    failure)
                            : new CommandFailedException(
                                    ExitCode.UNREACHABLE,
                                    reason == null ? "UNREACHABLE" : reason,
                                    reason == null
                                            ? "no server answers at "
                                                    + address
                                                    + " ("
                                                    + description
                                                    + ")"
                                            : "the server cannot serve now: " + description,
                                    failure);
            default ->
                    new CommandFailedException(
                            ExitCode.FAILED,
                            reason == null ? status.getCode().name() : reason,
                            "refused: "
                                    + description
                                    + " ("
                                    + (reason == null ? status.getCode().name() : reason)
                                    + ")",
                            failure);
        };
    }

    private static @Nullable String reason(StatusRuntimeException failure) {
        com.google.rpc.Status status = StatusProto.fromThrowable(failure);
        if (status == null) {
            return null;
        }
        for (Any detail : status.getDetailsList()) {
            if (detail.is(ErrorInfo.class)) {
                try {
                    return detail.unpack(ErrorInfo.class).getReason();
                } catch (InvalidProtocolBufferException e) {
                    return null;
                }
            }
        }
        return null;
    }

    private static boolean causedBy(Throwable failure, Class<? extends Throwable> type) {
        int depth = 0;
        for (Throwable at = failure; at != null && depth < 20; at = at.getCause(), depth++) {
            if (type.isInstance(at)) {
                return true;
            }
        }
        return false;
    }
}
