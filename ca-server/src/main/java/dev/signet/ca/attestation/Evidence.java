package dev.signet.ca.attestation;

import java.security.cert.X509Certificate;
import java.util.List;

/// What a caller shows to prove who it is, not yet checked. Texts are secrets: no `toString` shows
/// them (R20).
public sealed interface Evidence {

    /// A JWT of a Kubernetes cluster or OIDC issuer (RFC 6750).
    final class BearerToken implements Evidence {
        private final String token;

        public BearerToken(String token) {
            this.token = token;
        }

        String token() {
            return token;
        }

        @Override
        public String toString() {
            return "BearerToken[redacted]";
        }
    }

    /// A one-time join token.
    final class JoinToken implements Evidence {
        private final String token;

        public JoinToken(String token) {
            this.token = token;
        }

        String token() {
            return token;
        }

        @Override
        public String toString() {
            return "JoinToken[redacted]";
        }
    }

    /// The certificate that the TLS handshake proved possession of, leaf first. Checked again here:
    /// a connection may outlive it.
    record CurrentCertificate(List<X509Certificate> chain) implements Evidence {
        public CurrentCertificate {
            chain = List.copyOf(chain);
        }
    }

    /// This server itself; made inside the process only, an architecture test says.
    ///
    /// @param replica name of the replica
    record ThisServer(String replica) implements Evidence {}
}
