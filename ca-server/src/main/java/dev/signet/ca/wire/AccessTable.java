package dev.signet.ca.wire;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// Which caller kind may call which method. What is not here is denied, for every kind (R11).
final class AccessTable {

    private static final Set<CallerKind> ISSUANCE =
            Collections.unmodifiableSet(EnumSet.of(CallerKind.BEARER_TOKEN, CallerKind.JOIN_TOKEN));
    private static final Set<CallerKind> CERTIFIED =
            Collections.unmodifiableSet(EnumSet.of(CallerKind.CLIENT_CERTIFICATE));
    private static final Set<CallerKind> OPERATION =
            Collections.unmodifiableSet(EnumSet.of(CallerKind.OPERATOR));

    /// Public facts: anybody, unless the call itself is malformed.
    private static final Set<CallerKind> ANYBODY =
            Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(CallerKind.UNREADABLE)));

    private static final Map<String, Set<CallerKind>> ROWS =
            Map.ofEntries(
                    Map.entry("signet.v1.CertificateService/IssueCertificate", ISSUANCE),
                    Map.entry("signet.v1.CertificateService/RenewCertificate", CERTIFIED),
                    Map.entry("signet.v1.CertificateService/IssueCertificateForSubject", CERTIFIED),
                    Map.entry("signet.v1.CertificateService/RevokeCertificate", CERTIFIED),
                    Map.entry("signet.v1.TrustService/GetTrustBundle", ANYBODY),
                    Map.entry("signet.v1.TrustService/WatchTrustBundle", ANYBODY),
                    Map.entry("signet.v1.TrustService/AcknowledgeTrustBundle", CERTIFIED),
                    Map.entry("signet.v1.TrustService/WatchRevocations", ANYBODY),
                    Map.entry("signet.v1.OperatorService/CreateJoinToken", OPERATION),
                    Map.entry("signet.v1.OperatorService/ListCertificates", OPERATION),
                    Map.entry("grpc.health.v1.Health/Check", ANYBODY),
                    Map.entry("grpc.health.v1.Health/Watch", ANYBODY),
                    Map.entry("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", ANYBODY));

    private AccessTable() {}

    /// @param fullMethodName service and method with a slash between
    static boolean permits(String fullMethodName, CallerKind kind) {
        return ROWS.getOrDefault(fullMethodName, Set.of()).contains(kind);
    }

    /// Whether a certificate whose issuing CA was revoked is good enough to be looked at: to renew
    /// by it, where attestation holds it against the ledger.
    static boolean outlivesItsIssuer(String fullMethodName) {
        return fullMethodName.equals("signet.v1.CertificateService/RenewCertificate");
    }

    static Set<String> methods() {
        return ROWS.keySet();
    }
}
