package dev.signet.client.internal;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/// A call that did not bring an answer, with what the CA said about it.
public final class CallFailedException extends Exception {

    private static final long serialVersionUID = 1L;
    private static final int MAX_MESSAGE_LENGTH = 1024;

    private final Status.Code status;
    private final String reason;
    private final @Nullable Duration retryAfter;

    @SuppressWarnings("serial") // always an immutable map of strings
    private final Map<String, String> details;

    private CallFailedException(
            Status.Code status,
            String reason,
            String message,
            @Nullable Duration retryAfter,
            Map<String, String> details,
            Throwable cause) {
        super(message, cause);
        this.status = status;
        this.reason = reason;
        this.retryAfter = retryAfter;
        this.details = details;
    }

    static CallFailedException of(String address, Throwable failure) {
        return of(address, failure, System.getenv());
    }

    /// @param environment of this process
    static CallFailedException of(
            String address, Throwable failure, Map<String, String> environment) {
        Status status = retryable(Status.fromThrowable(failure));
        InBetween other = InBetween.of(status, failure);
        if (other != null) {
            return new CallFailedException(
                    Status.Code.UNAVAILABLE,
                    other.code(),
                    address + ": " + other.words(),
                    null,
                    Map.of(),
                    failure);
        }
        String reason = "";
        Duration retryAfter = null;
        Map<String, String> details = Map.of();
        if (failure instanceof StatusRuntimeException withDetails) {
            com.google.rpc.Status rpc = StatusProto.fromThrowable(withDetails);
            try {
                for (Any detail : rpc == null ? java.util.List.<Any>of() : rpc.getDetailsList()) {
                    if (detail.is(ErrorInfo.class)) {
                        ErrorInfo info = detail.unpack(ErrorInfo.class);
                        reason = info.getReason();
                        details = Map.copyOf(info.getMetadataMap());
                    } else if (detail.is(RetryInfo.class)) {
                        com.google.protobuf.Duration delay =
                                detail.unpack(RetryInfo.class).getRetryDelay();
                        retryAfter = Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
                    }
                }
            } catch (InvalidProtocolBufferException | ArithmeticException e) {
                // Details that cannot be read are details that were not given.
                reason = "";
            }
        }
        String text = status.getDescription() == null ? "" : status.getDescription();
        Throwable root = failure.getCause();
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        if (root != null && root.getMessage() != null) {
            text = text + " (" + root.getMessage() + ")";
        }
        if (text.length() > MAX_MESSAGE_LENGTH) {
            text = text.substring(0, MAX_MESSAGE_LENGTH);
        }
        text += InBetween.hint(status, environment);
        return new CallFailedException(
                status.getCode(),
                reason.isEmpty() ? status.getCode().name() : reason,
                address + ": " + status.getCode() + ": " + text,
                retryAfter,
                details,
                failure);
    }

    /// gRPC's own transport says UNKNOWN, with "channel closed", where the server went while the
    /// call was being written (io.grpc.netty.Utils). The CA has said nothing then: it is
    /// unavailable.
    private static Status retryable(Status status) {
        if (status.getCode() != Status.Code.UNKNOWN) {
            return status;
        }
        for (Throwable t = status.getCause(); t != null; t = t.getCause()) {
            if (t instanceof IOException) {
                return Status.UNAVAILABLE
                        .withDescription(status.getDescription())
                        .withCause(status.getCause());
            }
        }
        return status;
    }

    /// Whether something else than a CA answered: nothing of the answer is the CA's.
    public boolean isOfAnother() {
        return InBetween.CODES.contains(reason);
    }

    public Status.Code status() {
        return status;
    }

    /// The permanent code that the CA gave; the name of the status where it gave none.
    public String reason() {
        return reason;
    }

    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    public Map<String, String> details() {
        return details;
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? reason : message;
    }

    /// Whether a cause of this kind is behind the failure.
    public boolean causedBy(Class<? extends Throwable> kind) {
        for (Throwable t = getCause(); t != null; t = t.getCause()) {
            if (kind.isInstance(t)) {
                return true;
            }
        }
        return false;
    }
}
