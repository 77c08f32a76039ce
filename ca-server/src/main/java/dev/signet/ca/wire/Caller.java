package dev.signet.ca.wire;

import dev.signet.ca.attestation.Evidence;

import io.grpc.Context;

import org.jspecify.annotations.Nullable;

import java.security.cert.X509Certificate;
import java.util.List;

/// Who calls, as far as the edge can tell. Immutable.
final class Caller {

    static final Context.Key<Caller> KEY = Context.key("signet-caller");

    /// Nobody in particular.
    static final Caller ANONYMOUS = new Caller(CallerKind.ANONYMOUS, null);

    private final CallerKind kind;
    private final @Nullable Evidence evidence;

    Caller(CallerKind kind, @Nullable Evidence evidence) {
        this.kind = kind;
        this.evidence = evidence;
    }

    /// The caller of the call that is being started.
    ///
    /// @throws IllegalStateException outside of a call that was let in
    static Caller current() {
        Caller caller = KEY.get();
        if (caller == null) {
            throw new IllegalStateException("a call came past the access check");
        }
        return caller;
    }

    CallerKind kind() {
        return kind;
    }

    /// @throws IllegalStateException for a kind without evidence, which the table lets into no
    ///   method that needs it
    Evidence evidence() {
        if (evidence == null) {
            throw new IllegalStateException(kind + " has no evidence");
        }
        return evidence;
    }

    /// The chain that the TLS handshake proved possession of, leaf first.
    ///
    /// @throws IllegalStateException for another kind than CLIENT_CERTIFICATE
    List<X509Certificate> certificates() {
        return switch (evidence()) {
            case Evidence.CurrentCertificate(var chain) -> chain;
            case Evidence.BearerToken _,
                    Evidence.JoinToken _,
                    Evidence.RegistrationAuthority _,
                    Evidence.ThisServer _ ->
                    throw new IllegalStateException(kind + " has no client certificate");
        };
    }

    @Override
    public String toString() {
        return "Caller[" + kind + "]";
    }
}
