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
    /// @param crlAddresses named in the certificates of issuing and cross-signed CAs
    AuthorityFactory(CryptoProvider crypto, AuthorityKeys keys, CrlAddresses crlAddresses) {
        this.keys = keys;
        this.writer = new AuthorityCertificateWriter(crypto, crlAddresses);
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

    /// A root alone.
    Made root(TrustDomain trustDomain, KeyType keyType, Duration lifetime, Instant now) {
        NewKey key = keys.generate(keyType);
        Instant notBefore = now.truncatedTo(ChronoUnit.SECONDS).minus(BACKDATE);
        return new Made(
                linted(
                        AuthorityRole.ROOT,
                        writer.write(
                                AuthorityRole.ROOT,
                                trustDomain,
                                key.publicKey(),
                                Validity.of(notBefore, lifetime.plus(BACKDATE)),
                                NO_BOUND,
                                null,
                                key.signer()),
                        null),
                key);
    }

    /// A certification request and its key.
    ///
    /// @param der PKCS#10
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Requested(byte[] der, NewKey key) {

        @Override
        public String toString() {
            return "Requested";
        }
    }

    /// An issuing CA whose certificate somebody else is to sign.
    Requested request(TrustDomain trustDomain, KeyType keyType, int pathLength) {
        NewKey key = keys.generate(keyType);
        return new Requested(
                writer.request(trustDomain, key.publicKey(), pathLength, key.signer()), key);
    }

    /// An issuing CA under a root that is there. It does not outlive the root.
    ///
    /// @throws IllegalArgumentException when the root is not valid now
    Made issuing(
            TrustDomain trustDomain,
            KeyType keyType,
            Duration lifetime,
            int pathLength,
            AuthorityCertificate root,
            Signer rootSigner,
            Instant now) {
        NewKey key = keys.generate(keyType);
        return new Made(
                linted(
                        AuthorityRole.ISSUING,
                        writer.write(
                                AuthorityRole.ISSUING,
                                trustDomain,
                                key.publicKey(),
                                within(root.validity(), lifetime, now),
                                pathLength,
                                root,
                                rootSigner),
                        root),
                key);
    }

    /// The new root's key in a certificate of the old root, valid as long as both are.
    ///
    /// @throws IllegalArgumentException when the old root is not valid now
    AuthorityCertificate cross(
            AuthorityCertificate root, AuthorityCertificate old, Signer oldSigner, Instant now) {
        Validity validity = within(old.validity(), root.validity().lifetime(), now);
        return linted(AuthorityRole.CROSS, writer.cross(root, validity, old, oldSigner), old);
    }

    private static Validity within(Validity issuer, Duration lifetime, Instant now) {
        Instant notBefore = now.truncatedTo(ChronoUnit.SECONDS).minus(BACKDATE);
        Instant notAfter = Validity.of(notBefore, lifetime.plus(BACKDATE)).notAfter();
        Instant first = notBefore.isBefore(issuer.notBefore()) ? issuer.notBefore() : notBefore;
        Instant last = notAfter.isAfter(issuer.notAfter()) ? issuer.notAfter() : notAfter;
        return new Validity(first, last);
    }

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
