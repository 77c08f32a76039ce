package dev.signet.ca.wire;

import dev.signet.ca.audit.RefusalRecords;
import dev.signet.ca.audit.RefusedRequest;
import dev.signet.ca.refusal.Refusal;

import io.grpc.Grpc;
import io.grpc.ServerCall;

import org.jspecify.annotations.Nullable;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;

/// Tells the record and the log of calls that this package refuses, with what the connection says
/// of the caller. Thread-safe; never throws.
final class RefusedCalls {

    private static final int SAN_URI = 6;
    private static final String SPIFFE = "spiffe://";

    private final RefusalRecords records;

    RefusedCalls(RefusalRecords records) {
        this.records = records;
    }

    void refused(ServerCall<?, ?> call, Refusal refusal) {
        String holder = holder(call.getAttributes().get(Connection.KEY));
        records.refused(
                new RefusedRequest(
                        refusal,
                        call.getMethodDescriptor().getFullMethodName(),
                        holder,
                        RefusedRequest.address(
                                call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)),
                        holder,
                        "",
                        "",
                        "",
                        ""));
    }

    /// The SPIFFE ID of the client certificate, whose key the handshake proved.
    private static String holder(@Nullable Connection connection) {
        if (connection == null || connection.clientCertificates().isEmpty()) {
            return "";
        }
        X509Certificate leaf = connection.clientCertificates().getFirst();
        try {
            Collection<List<?>> names = leaf.getSubjectAlternativeNames();
            if (names != null) {
                for (List<?> name : names) {
                    if (name.size() == 2
                            && Integer.valueOf(SAN_URI).equals(name.get(0))
                            && name.get(1) instanceof String uri
                            && uri.startsWith(SPIFFE)) {
                        return uri;
                    }
                }
            }
        } catch (CertificateParsingException _) {
            // Then it names nobody.
        }
        return "";
    }
}
