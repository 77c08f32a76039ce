package dev.signet.benchmarks;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;

import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Headers;

import java.util.Base64;

/// Names a failed call by its gRPC status and, where the server gave one, its permanent code.
final class FailureNames {

    private FailureNames() {}

    static String of(Http2Headers trailers) {
        CharSequence status = trailers.get("grpc-status");
        if (status == null) {
            return "no gRPC answer, HTTP status " + trailers.status();
        }
        String name;
        try {
            name = Status.fromCodeValue(Integer.parseInt(status.toString())).getCode().name();
        } catch (NumberFormatException _) {
            return "no gRPC status: " + status;
        }
        CharSequence details = trailers.get("grpc-status-details-bin");
        return details == null ? name : name + reason(details.toString());
    }

    private static String reason(String details) {
        try {
            for (com.google.protobuf.Any detail :
                    com.google.rpc.Status.parseFrom(Base64.getDecoder().decode(details))
                            .getDetailsList()) {
                if (detail.is(ErrorInfo.class)) {
                    return " " + detail.unpack(ErrorInfo.class).getReason();
                }
            }
            return "";
        } catch (InvalidProtocolBufferException | IllegalArgumentException _) {
            return " (unreadable details)";
        }
    }
}
