package dev.signet.ca.authority;

import dev.signet.ca.certificate.Validity;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.TrustDomain;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Makes a root and an issuing CA under it, in memory, linted.
final class AuthorityFactory {

    /// So that a verifier whose clock is behind ours takes the CA's certificates from the
    /// beginning.
    private static final Duration BACKDATE = Duration.ofMinutes(5);

    /// Of a root's path length.
    private static final int NO_BOUND = Integer.MAX_VALUE;

    private final AuthorityKeys keys;
    private final AuthorityCertificateWriter writer;
    private final AuthorityCertificateLint lint;

    /// @param keys where the new authorities' keys are made
    AuthorityFactory(CryptoProvider crypto, AuthorityKeys keys) {
        this.keys = keys;
        this.writer = new AuthorityCertificateWriter(crypto);
        this.lint = new AuthorityCertificateLint(crypto);
    }

    /// A new authority and its key.
    record Made(AuthorityCertificate certificate, NewKey key) {

        @Override
        public String toString() {
            return "Made[" + certificate.id() + "]";
        }
    }

    /// Both begin a little in the past and end after their lifetimes, the issuing CA not after its
    /// root.
    record Pair(Made root, Made issuing) {}

    /// @param issuingPathLength how many CA certificates may follow below the issuing CA
    Pair create(
            TrustDomain trustDomain,
            KeyType rootKeyType,
            Duration rootLifetime,
            KeyType issuingKeyType,
            Duration issuingLifetime,
            int issuingPathLength,
            Instant now) {
        Instant notBefore = now.truncatedTo(ChronoUnit.SECONDS).minus(BACKDATE);
        Validity rootValidity = Validity.of(notBefore, rootLifetime.plus(BACKDATE));
        Validity issuingValidity = Validity.of(notBefore, issuingLifetime.plus(BACKDATE));
        NewKey rootKey = keys.generate(rootKeyType);
        AuthorityCertificate root =
                linted(
                        AuthorityRole.ROOT,
                        writer.write(
                                AuthorityRole.ROOT,
                                trustDomain,
                                rootKey.publicKey(),
                                rootValidity,
                                NO_BOUND,
                                null,
                                rootKey.signer()),
                        null);
        NewKey issuingKey = keys.generate(issuingKeyType);
        AuthorityCertificate issuing =
                linted(
                        AuthorityRole.ISSUING,
                        writer.write(
                                AuthorityRole.ISSUING,
                                trustDomain,
                                issuingKey.publicKey(),
                                issuingValidity,
                                issuingPathLength,
                                root,
                                rootKey.signer()),
                        root);
        return new Pair(new Made(root, rootKey), new Made(issuing, issuingKey));
    }

    private AuthorityCertificate linted(
            AuthorityRole role,
            AuthorityCertificate certificate,
            @Nullable AuthorityCertificate issuer) {
        Optional<String> defect = lint.firstDefect(role, certificate, issuer);
        if (defect.isPresent()) {
            throw new IllegalStateException(
                    "new " + role.text() + " CA certificate breaks its profile: " + defect.get());
        }
        return certificate;
    }
}
