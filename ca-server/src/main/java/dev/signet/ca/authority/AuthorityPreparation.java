package dev.signet.ca.authority;

import dev.signet.ca.authority.AuthorityFactory.Made;
import dev.signet.ca.authority.AuthorityLifeCycle.Change;
import dev.signet.ca.authority.AuthorityLifeCycle.Changed;
import dev.signet.ca.authority.AuthorityStore.Content;
import dev.signet.ca.authority.AuthorityStore.NewAuthority;
import dev.signet.ca.authority.AuthorityStore.StoredAuthority;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes authorities that do not sign yet, and stores them. Under the store's lock.
final class AuthorityPreparation {

    /// More would only be forgotten ones.
    static final int MOST_PREPARED = 4;

    private static final byte[] NO_ID = new byte[32];

    private final CryptoProvider crypto;
    private final AuthorityStore store;
    private final AuthorityFactory factory;
    private final AuthorityLoader loader;
    private final AuthoritySettings settings;
    private final TrustDomain trustDomain;
    private final InstantSource clock;

    AuthorityPreparation(
            CryptoProvider crypto,
            AuthorityStore store,
            AuthorityFactory factory,
            AuthorityLoader loader,
            AuthoritySettings settings,
            TrustDomain trustDomain,
            InstantSource clock) {
        this.crypto = crypto;
        this.store = store;
        this.factory = factory;
        this.loader = loader;
        this.settings = settings;
        this.trustDomain = trustDomain;
        this.clock = clock;
    }

    /// An issuing CA under a root.
    ///
    /// @param under null: none is active
    Change issuing(Content content, @Nullable StoredAuthority under, String reason) {
        Optional<Refusal> crowded = crowded(content);
        if (crowded.isPresent()) {
            return new Change.Refused(crowded.get());
        }
        return switch (usable(under)) {
            case Root.Usable(AuthorityCertificate root, Signer signer) -> {
                Made made = issuing(root, signer, clock.instant());
                NewAuthority issuing = loader.toStore(made, AuthorityRole.ISSUING, root.id());
                yield done(List.of(added(issuing, reason)));
            }
            case Root.None(Refusal refusal) -> new Change.Refused(refusal);
        };
    }

    /// A root and an issuing CA under it.
    Change root(Content content, boolean crossSigned, String reason) {
        Optional<Refusal> crowded = crowded(content);
        if (crowded.isPresent()) {
            return new Change.Refused(crowded.get());
        }
        Instant now = clock.instant();
        Made root = factory.root(trustDomain, settings.rootKeyType(), settings.rootLifetime(), now);
        Made issuing = issuing(root.certificate(), root.key().signer(), now);
        NewAuthority cross = null;
        if (crossSigned) {
            switch (usable(
                    RecordedLifeCycle.active(AuthorityRole.ROOT, content.authorities())
                            .orElse(null))) {
                case Root.Usable(AuthorityCertificate old, Signer signer) ->
                        cross = crossed(root, old, signer, now);
                case Root.None(Refusal refusal) -> {
                    return new Change.Refused(refusal);
                }
            }
        }
        List<Changed> changed = new ArrayList<>();
        changed.add(added(loader.toStore(root, AuthorityRole.ROOT, null), reason));
        changed.add(
                added(
                        loader.toStore(issuing, AuthorityRole.ISSUING, root.certificate().id()),
                        reason));
        if (cross != null) {
            store.add(cross, AuthorityState.RETIRED, reason);
            changed.add(RecordedLifeCycle.added(cross, AuthorityState.RETIRED));
        }
        return done(changed);
    }

    private NewAuthority crossed(
            Made root, AuthorityCertificate old, Signer oldSigner, Instant now) {
        return new NewAuthority(
                factory.cross(root.certificate(), old, oldSigner, now),
                AuthorityRole.CROSS,
                old.id(),
                trustDomain.name(),
                root.key().type(),
                false,
                null);
    }

    Made issuing(AuthorityCertificate root, Signer signer, Instant now) {
        return factory.issuing(
                trustDomain,
                settings.issuingKeyType(),
                settings.issuingLifetime(),
                settings.issuingPathLength(),
                root,
                signer,
                now);
    }

    private Changed added(NewAuthority authority, String reason) {
        store.add(authority, AuthorityState.PREPARED, reason);
        return RecordedLifeCycle.added(authority, AuthorityState.PREPARED);
    }

    private Change done(List<Changed> changed) {
        return new Change.Done(changed, store.load().generation());
    }

    /// A root that can sign now.
    private sealed interface Root {
        record Usable(AuthorityCertificate certificate, Signer signer) implements Root {}

        record None(Refusal refusal) implements Root {}
    }

    private Root usable(@Nullable StoredAuthority active) {
        if (active == null) {
            return none("No root is active: prepare a new root.", null);
        }
        switch (active.state()) {
            case PREPARED, ACTIVE -> {}
            case RETIRED, REVOKED -> {
                return none("The root is " + active.state().text() + ".", null);
            }
        }
        AuthorityCertificate certificate =
                new AuthorityCertificate(active.certificate(), crypto.sha256(active.certificate()));
        if (active.keys().isEmpty()) {
            return none(
                    "The key of the root is not here. Make a certification request and have"
                            + " it signed where the key is.",
                    null);
        }
        Instant now = clock.instant();
        if (!certificate.validity().contains(now)
                || certificate
                        .validity()
                        .notAfter()
                        .minus(settings.minimumRemainder().multipliedBy(2))
                        .isBefore(now)) {
            return none(
                    "The root is valid from "
                            + certificate.validity().notBefore()
                            + " to "
                            + certificate.validity().notAfter()
                            + ": prepare a new root.",
                    null);
        }
        try {
            return new Root.Usable(certificate, loader.signer(active, certificate));
        } catch (IllegalStateException e) {
            return none("The private key of the root cannot be opened here.", e.getMessage());
        }
    }

    private static Root none(String message, @Nullable String diagnosis) {
        return new Root.None(
                Refusal.withDiagnosis(
                        RefusalCode.CONFLICT, message, diagnosis == null ? "" : diagnosis));
    }

    /// Those whose time is over do not stand in the way.
    Optional<Refusal> crowded(Content content) {
        Instant now = clock.instant();
        long prepared =
                content.authorities().stream()
                        .filter(authority -> authority.role() == AuthorityRole.ISSUING)
                        .filter(authority -> authority.state() == AuthorityState.PREPARED)
                        .map(authority -> new AuthorityCertificate(authority.certificate(), NO_ID))
                        .filter(certificate -> certificate.validity().notAfter().isAfter(now))
                        .count();
        return prepared < MOST_PREPARED
                ? Optional.empty()
                : Optional.of(
                        Refusal.of(
                                RefusalCode.CONFLICT,
                                prepared
                                        + " issuing CAs are prepared and not active (expected: at"
                                        + " most "
                                        + (MOST_PREPARED - 1)
                                        + "). Activate or retire one first."));
    }
}
