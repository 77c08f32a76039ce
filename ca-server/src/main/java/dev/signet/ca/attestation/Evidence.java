package dev.signet.ca.attestation;

import org.jspecify.annotations.Nullable;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a caller shows to prove who it is, not yet checked. Texts are secrets: no `toString` shows
/// them (R20).
public sealed interface Evidence {

    /// A JWT of a Kubernetes cluster or OIDC issuer (RFC 6750). For one request, which looks at it
    /// one thread after the other: it remembers what was found out about it.
    final class BearerToken implements Evidence {
        private final String token;
        private boolean isParsed;
        private Optional<CompactToken> parsed = Optional.empty();
        private Attestation.@Nullable Outcome known;

        public BearerToken(String token) {
            this.token = token;
        }

        String token() {
            return token;
        }

        /// Taken apart once, however often it is asked for (R8).
        Optional<CompactToken> parsed() {
            if (!isParsed) {
                parsed = CompactToken.parse(token);
                isParsed = true;
            }
            return parsed;
        }

        /// What an earlier check of the same token came to and still holds; null: nothing known.
        Attestation.@Nullable Outcome known() {
            return known;
        }

        void remember(Attestation.Outcome outcome) {
            known = outcome;
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

    /// A registration authority: a client that asks for somebody else. Itself it is proved by the
    /// certificate that the TLS handshake proved possession of; what it says of the subject nobody
    /// has checked. Shows nothing of what was reported in `toString`: it may be anything.
    ///
    /// @param chain the registration authority's own, leaf first; checked again here
    /// @param subject for whom it asks, unique within it: 1 to 1024 characters, no control
    ///   characters
    /// @param attributes what it reports of the subject: at most 64, keys 1 to 64 characters of
    ///   `[a-z0-9.-]`, 16 KiB in all
    record RegistrationAuthority(
            List<X509Certificate> chain, String subject, Map<String, String> attributes)
            implements Evidence {
        public RegistrationAuthority {
            chain = List.copyOf(chain);
            attributes = Map.copyOf(attributes);
        }

        @Override
        public String toString() {
            return "RegistrationAuthority[" + attributes.size() + " attributes]";
        }
    }

    /// This server itself; made inside the process only, an architecture test says.
    ///
    /// @param replica name of the replica
    record ThisServer(String replica) implements Evidence {}
}
