package dev.signet.ca.wire;

import dev.signet.ca.attestation.Evidence;
import dev.signet.ca.identity.Ascii;

import io.grpc.Metadata;

import java.util.Iterator;

/// Tells from metadata and connection what a caller shows. Thread-safe.
final class CallerReader {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /// Longest token, in ASCII characters.
    static final int MAX_LENGTH = 8 * 1024;

    private static final Caller ANONYMOUS = new Caller(CallerKind.ANONYMOUS, null);
    private static final Caller UNREADABLE = new Caller(CallerKind.UNREADABLE, null);
    private static final Caller OPERATOR = new Caller(CallerKind.OPERATOR, null);

    private final OperatorCredential operatorCredential;

    CallerReader(OperatorCredential operatorCredential) {
        this.operatorCredential = operatorCredential;
    }

    /// Where there is an `authorization`, it alone counts: agents show a client certificate on the
    /// same connection as a matter of course.
    Caller read(Metadata metadata, Connection connection) {
        Iterable<String> values = metadata.getAll(AUTHORIZATION);
        if (values == null) {
            return connection.clientCertificates().isEmpty()
                    ? ANONYMOUS
                    : new Caller(
                            CallerKind.CLIENT_CERTIFICATE,
                            new Evidence.CurrentCertificate(connection.clientCertificates()));
        }
        Iterator<String> each = values.iterator();
        String value = each.next();
        return each.hasNext() ? UNREADABLE : read(value);
    }

    private Caller read(String authorization) {
        int space = authorization.indexOf(' ');
        if (space < 1 || authorization.length() - space - 1 > MAX_LENGTH) {
            return UNREADABLE;
        }
        String secret = authorization.substring(space + 1);
        if (!isToken(secret)) {
            return UNREADABLE;
        }
        // RFC 9110 11.1: the scheme in any case.
        return switch (Ascii.lowerCase(authorization.substring(0, space))) {
            case "bearer" -> new Caller(CallerKind.BEARER_TOKEN, new Evidence.BearerToken(secret));
            case "join" -> new Caller(CallerKind.JOIN_TOKEN, new Evidence.JoinToken(secret));
            case "operator" -> operatorCredential.matches(secret) ? OPERATOR : UNREADABLE;
            default -> UNREADABLE;
        };
    }

    /// Visible ASCII, not empty.
    private static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f) {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
