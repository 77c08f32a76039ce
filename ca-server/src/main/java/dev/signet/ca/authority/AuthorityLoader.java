package dev.signet.ca.authority;

import dev.signet.ca.authority.AuthorityStore.Content;
import dev.signet.ca.authority.AuthorityStore.NewAuthority;
import dev.signet.ca.authority.AuthorityStore.StoredAuthority;
import dev.signet.ca.certificate.Issuer;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.TrustDomain;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Turns stored authorities into ones that sign, and new ones into what is stored. Checks each
/// certificate against its profile and each key against its certificate. Not thread-safe.
final class AuthorityLoader {

    private static final Logger log = LoggerFactory.getLogger(AuthorityLoader.class);

    private final CryptoProvider crypto;
    private final AuthorityKeys keys;
    private final AuthorityCertificateLint lint;
    private final AuthoritySettings settings;
    private final TrustDomain trustDomain;

    /// Kept from one load to the next, so that its threads' signature objects live on.
    private final Map<String, Keyed> signing = new HashMap<>();

    AuthorityLoader(
            CryptoProvider crypto,
            AuthorityKeys keys,
            AuthoritySettings settings,
            TrustDomain trustDomain) {
        this.crypto = crypto;
        this.keys = keys;
        this.lint = new AuthorityCertificateLint(crypto);
        this.settings = settings;
        this.trustDomain = trustDomain;
    }

    /// @throws WrongKeyEncryptionKeyException when an active issuing CA's key does not open
    /// @throws WrongTrustDomainException when they are another trust domain's
    /// @throws IllegalStateException when a certificate or key is not as it was stored
    synchronized AuthoritySnapshot load(Content content) {
        Map<String, AuthorityCertificate> certificates = new HashMap<>();
        for (StoredAuthority stored : content.authorities()) {
            if (!stored.trustDomain().equals(trustDomain.name())) {
                throw new WrongTrustDomainException(stored.trustDomain(), trustDomain);
            }
            certificates.put(stored.id(), certificate(stored));
        }
        List<AuthoritySnapshot.Entry> entries = new ArrayList<>();
        for (StoredAuthority stored : content.authorities()) {
            AuthorityCertificate certificate = certificate(certificates, stored.id());
            AuthorityCertificate issuer =
                    stored.issuerId() == null ? null : certificate(certificates, stored.issuerId());
            requireNoDefect(stored, certificate, issuer);
            List<byte[]> chain =
                    switch (stored.role()) {
                        case ROOT, CROSS, INTERMEDIATE -> List.of();
                        case ISSUING -> AuthorityChains.of(stored, content.authorities());
                    };
            boolean signs =
                    stored.role() == AuthorityRole.ISSUING
                            && stored.state() == AuthorityState.ACTIVE;
            boolean keyNeeded = signs || (!stored.keys().isEmpty() && hasIssued(stored));
            Keyed keyed = keyNeeded ? keyed(stored, certificate, chain) : null;
            entries.add(
                    new AuthoritySnapshot.Entry(
                            stored.role(),
                            stored.state(),
                            certificate,
                            chain,
                            signs && keyed != null ? keyed.issuing() : null,
                            keyed == null ? seldomStatus(stored, certificate) : keyed.status(),
                            stored.issuerId(),
                            stored.foreign(),
                            !stored.keys().isEmpty()));
        }
        return new AuthoritySnapshot(content.generation(), entries, settings.minimumRemainder());
    }

    /// Whether there may be certificates of it whose status somebody asks for.
    private static boolean hasIssued(StoredAuthority stored) {
        return stored.role() == AuthorityRole.ISSUING
                && switch (stored.state()) {
                    case PREPARED -> false;
                    case ACTIVE, RETIRED, REVOKED -> true;
                };
    }

    private AuthorityCertificate certificate(StoredAuthority stored) {
        AuthorityCertificate certificate =
                new AuthorityCertificate(stored.certificate(), crypto.sha256(stored.certificate()));
        if (!certificate.id().equals(stored.id())) {
            throw new IllegalStateException(
                    "certificate of authority " + stored.id() + " has another fingerprint");
        }
        return certificate;
    }

    private static AuthorityCertificate certificate(
            Map<String, AuthorityCertificate> certificates, String id) {
        AuthorityCertificate certificate = certificates.get(id);
        if (certificate == null) {
            throw new IllegalStateException("authority " + id + " is named but not on record");
        }
        return certificate;
    }

    private void requireNoDefect(
            StoredAuthority stored,
            AuthorityCertificate certificate,
            @Nullable AuthorityCertificate issuer) {
        Optional<String> defect =
                stored.foreign()
                        ? ForeignCertificateLint.firstDefect(stored.role(), certificate, issuer)
                        : lint.firstDefect(stored.role(), certificate, issuer);
        if (defect.isPresent()) {
            throw new IllegalStateException(
                    "certificate of authority "
                            + certificate.id()
                            + " breaks its profile: "
                            + defect.get());
        }
    }

    /// One key in its two uses.
    private record Keyed(IssuingAuthority issuing, StatusAuthority status) {}

    private Keyed keyed(
            StoredAuthority stored, AuthorityCertificate certificate, List<byte[]> chain) {
        Keyed known = signing.get(stored.id());
        if (known != null && AuthorityChains.same(known.issuing().chain(), chain)) {
            return known;
        }
        Signer signer = signer(stored, certificate);
        Issuer issuer = certificate.issuer(signer.algorithm());
        Keyed keyed =
                new Keyed(
                        new TemplateIssuingAuthority(stored.id(), issuer, chain, signer),
                        new SigningStatusAuthority(stored.id(), certificate.der(), issuer, signer));
        signing.put(stored.id(), keyed);
        return keyed;
    }

    /// Opens the key and proves that it is the certificate's.
    ///
    /// @throws WrongKeyEncryptionKeyException when it does not open, or is not here
    Signer signer(StoredAuthority stored, AuthorityCertificate certificate) {
        KeyType keyType = stored.keyType();
        Optional<Signer> opened =
                keyType == null
                        ? Optional.empty()
                        : keys.open(stored.id(), stored.role(), keyType, stored.keys());
        Signer signer =
                opened.orElseThrow(() ->
                        new WrongKeyEncryptionKeyException(
                                stored.id(), settings.keyEncryptionKey()));
        return checked(certificate, Objects.requireNonNull(keyType), signer);
    }

    /// A root signs a list now and then, and so does a prepared issuing CA, whose CRL verifiers are
    /// to have before its first certificate: their keys are opened each time and not kept.
    private @Nullable StatusAuthority seldomStatus(
            StoredAuthority stored, AuthorityCertificate certificate) {
        KeyType keyType = stored.keyType();
        boolean signsSeldom =
                switch (stored.role()) {
                    case ROOT -> true;
                    case ISSUING -> stored.state() == AuthorityState.PREPARED;
                    case CROSS, INTERMEDIATE -> false;
                };
        if (!signsSeldom || keyType == null || stored.keys().isEmpty()) {
            return null;
        }
        return new SigningStatusAuthority(
                stored.id(),
                certificate.der(),
                certificate.issuer(keyType.algorithm()),
                new OpeningSigner(keyType.algorithm(), () -> signer(stored, certificate)));
    }

    private Signer checked(AuthorityCertificate certificate, KeyType type, Signer signer) {
        try {
            requireKeyOf(certificate, type, signer);
            return signer;
        } catch (SigningException e) {
            if (!e.isKeyAway()) {
                throw e;
            }
            log.warn(
                    "The key of authority {} cannot be used now: {}",
                    certificate.id(),
                    e.getMessage());
            return new FirstCheckedSigner(signer, late -> requireKeyOf(certificate, type, late));
        }
    }

    private void requireKeyOf(AuthorityCertificate certificate, KeyType type, Signer signer) {
        new KeyProof(crypto).require(certificate, type, signer);
    }

    NewAuthority toStore(
            AuthorityFactory.Made made, AuthorityRole role, @Nullable String issuerId) {
        return new NewAuthority(
                made.certificate(),
                role,
                issuerId,
                trustDomain.name(),
                made.key().type(),
                false,
                made.key().record(made.certificate().id(), role));
    }
}
