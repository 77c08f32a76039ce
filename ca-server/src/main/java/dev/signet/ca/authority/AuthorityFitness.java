package dev.signet.ca.authority;

import dev.signet.ca.authority.AuthorityStore.StoredAuthority;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Whether an issuing CA may sign: its certificate and all above keep their profiles (R6), are
/// valid now and for long enough (R17), and its key is here and is its certificate's.
final class AuthorityFitness {

    private final CryptoProvider crypto;
    private final AuthorityLoader loader;
    private final AuthorityCertificateLint lint;
    private final Duration minimumRemainder;
    private final InstantSource clock;

    AuthorityFitness(
            CryptoProvider crypto,
            AuthorityLoader loader,
            Duration minimumRemainder,
            InstantSource clock) {
        this.crypto = crypto;
        this.loader = loader;
        this.lint = new AuthorityCertificateLint(crypto);
        this.minimumRemainder = minimumRemainder;
        this.clock = clock;
    }

    /// Against its activation.
    Optional<Refusal> objection(StoredAuthority target, List<StoredAuthority> all) {
        if (target.role() != AuthorityRole.ISSUING) {
            return conflict(
                    "Only an issuing CA is activated; its root becomes active with it. Name the"
                            + " issuing CA.");
        }
        if (target.state() != AuthorityState.PREPARED) {
            return conflict(
                    "The issuing CA is "
                            + target.state().text()
                            + " (expected: prepared). Prepare another one.");
        }
        StoredAuthority root = AuthorityChains.root(target, all);
        return switch (root.state()) {
            case PREPARED, ACTIVE -> objectionToUse(target, all);
            case RETIRED ->
                    conflict("Its root is retired: another one has taken its place for good.");
            case REVOKED -> conflict("Its root is revoked.");
        };
    }

    /// Against signing with it, whatever its state.
    Optional<Refusal> objectionToUse(StoredAuthority target, List<StoredAuthority> all) {
        Instant now = clock.instant();
        StoredAuthority next = target;
        while (true) {
            AuthorityCertificate certificate = read(next);
            StoredAuthority above =
                    next.issuerId() == null ? null : AuthorityChains.byId(next.issuerId(), all);
            Optional<String> defect = defect(next, certificate, above);
            if (defect.isPresent()) {
                return conflict(
                        "The certificate of authority "
                                + next.id()
                                + " breaks its profile: "
                                + defect.get()
                                + ".");
            }
            Validity validity = certificate.validity();
            if (!validity.contains(now)
                    || validity.notAfter().minus(minimumRemainder).isBefore(now)) {
                return unusable(
                        "Authority "
                                + next.id()
                                + " is valid from "
                                + validity.notBefore()
                                + " to "
                                + validity.notAfter()
                                + ", and does not sign in its last "
                                + minimumRemainder
                                + ".");
            }
            if (next.state() == AuthorityState.REVOKED) {
                return conflict("Authority " + next.id() + " above it is revoked.");
            }
            if (above == null) {
                break;
            }
            next = above;
        }
        return objectionToKey(target);
    }

    private Optional<Refusal> objectionToKey(StoredAuthority target) {
        try {
            Signer _ = loader.signer(target, read(target));
            return Optional.empty();
        } catch (IllegalStateException e) {
            return Optional.of(
                    Refusal.withDiagnosis(
                            RefusalCode.CONFLICT,
                            "The private key of authority "
                                    + target.id()
                                    + " cannot be opened here.",
                            String.valueOf(e.getMessage())));
        }
    }

    private Optional<String> defect(
            StoredAuthority authority,
            AuthorityCertificate certificate,
            @Nullable StoredAuthority above) {
        AuthorityCertificate issuer = above == null ? null : read(above);
        return authority.foreign()
                ? ForeignCertificateLint.firstDefect(authority.role(), certificate, issuer)
                : lint.firstDefect(authority.role(), certificate, issuer);
    }

    private AuthorityCertificate read(StoredAuthority authority) {
        return new AuthorityCertificate(
                authority.certificate(), crypto.sha256(authority.certificate()));
    }

    private static Optional<Refusal> conflict(String message) {
        return Optional.of(Refusal.of(RefusalCode.CONFLICT, message));
    }

    private static Optional<Refusal> unusable(String message) {
        return Optional.of(Refusal.of(RefusalCode.CONFLICT, message));
    }
}
