package dev.signet.ca.audit;

import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/// A request that was refused: who asked from where for what, and what decided. Texts are empty
/// where nothing is known; they may hold what a caller wrote, and are made printable and bounded
/// before they reach a log or the database. Never holds a token or another secret. Immutable.
///
/// @param kind evidence kind or method: one of few
/// @param subject whom the evidence names, once its signature was verified
/// @param address that the request came from, without port
/// @param spiffeId identity that it was about: the requested one, otherwise the one that the
///   evidence or the rule names
/// @param names requested beside the SPIFFE ID
/// @param rule that decided
/// @param policyVersion policy in force for this request
/// @param requestId as the caller gave it
public record RefusedRequest(
        Refusal refusal,
        String kind,
        String subject,
        String address,
        String spiffeId,
        String names,
        String rule,
        String policyVersion,
        String requestId) {

    /// A call of which no more than its address is known.
    public static RefusedRequest of(Refusal refusal, String kind, String subject, String address) {
        return new RefusedRequest(refusal, kind, subject, address, "", "", "", "", "");
    }

    /// Address without port and zone; empty where there is none.
    public static String address(@Nullable SocketAddress peer) {
        if (!(peer instanceof InetSocketAddress socket)) {
            return "";
        }
        InetAddress address = socket.getAddress();
        return address == null ? socket.getHostString() : address.getHostAddress();
    }

    /// Whether the evidence was verified, so that the subject can be believed.
    public boolean verified() {
        return !subject.isEmpty();
    }

    /// Fit for a line and for the columns of a table.
    RefusedRequest printable() {
        return new RefusedRequest(
                new Refusal(
                        refusal.code(),
                        PrintableText.of(refusal.message(), RecordedRefusal.MAX_TEXT),
                        PrintableText.of(refusal.diagnosis(), RecordedRefusal.MAX_TEXT),
                        refusal.retryAfter(),
                        refusal.metadata()),
                PrintableText.of(kind, RecordedRefusal.MAX_KIND),
                PrintableText.of(subject, RecordedRefusal.MAX_NAME),
                PrintableText.of(address, RecordedRefusal.MAX_ADDRESS),
                PrintableText.of(spiffeId, RecordedRefusal.MAX_NAME),
                PrintableText.of(names, RecordedRefusal.MAX_TEXT),
                PrintableText.of(rule, RecordedRefusal.MAX_RULE),
                PrintableText.of(policyVersion, RecordedRefusal.MAX_RULE),
                PrintableText.of(requestId, RecordedRefusal.MAX_ADDRESS));
    }

    /// One line for the log: the code, who asked for what, and why not.
    String line() {
        StringBuilder line = new StringBuilder(256).append(refusal.code()).append(' ').append(kind);
        part(line, " for ", spiffeId);
        part(line, " names ", names);
        part(line, " by ", subject);
        part(line, " from ", address);
        part(line, ", rule ", rule);
        part(line, ", policy ", policyVersion);
        part(line, ", request ", requestId);
        part(line, ": ", refusal.message());
        if (!refusal.diagnosis().isEmpty()) {
            line.append(" [").append(refusal.diagnosis()).append(']');
        }
        return line.toString();
    }

    private static void part(StringBuilder line, String label, String text) {
        if (!text.isEmpty()) {
            line.append(label).append(text);
        }
    }
}
