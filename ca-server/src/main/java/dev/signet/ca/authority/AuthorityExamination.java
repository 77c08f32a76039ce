package dev.signet.ca.authority;

import dev.signet.ca.authority.AuthorityStore.StoredAuthority;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.TrustDomain;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Looks at one authority: trust domain, dates, profile, issuer, key.
final class AuthorityExamination {

    private final CryptoProvider crypto;
    private final @Nullable AuthorityKeys keys;
    private final TrustDomain trustDomain;
    private final Instant now;
    private final List<KeyFinding> findings;

    /// @param keys null: no key-encryption key can be read
    AuthorityExamination(
            CryptoProvider crypto,
            @Nullable AuthorityKeys keys,
            TrustDomain trustDomain,
            Instant now,
            List<KeyFinding> findings) {
        this.crypto = crypto;
        this.keys = keys;
        this.trustDomain = trustDomain;
        this.now = now;
        this.findings = findings;
    }

    void examine(StoredAuthority authority, List<StoredAuthority> all) {
        if (!authority.trustDomain().equals(trustDomain.name())) {
            findings.add(
                    KeyFinding.fail(
                            authority.id(),
                            "trust domain",
                            authority.trustDomain(),
                            "set signet.trust-domain to it, or use another database"));
        }
        AuthorityCertificate certificate = certificate(authority);
        dates(authority, certificate.validity());
        profile(authority, certificate, all);
        key(authority);
    }

    private AuthorityCertificate certificate(StoredAuthority authority) {
        return new AuthorityCertificate(
                authority.certificate(), crypto.sha256(authority.certificate()));
    }

    private void dates(StoredAuthority authority, Validity validity) {
        String what = authority.role().text() + " CA, " + authority.state().text();
        Duration left = Duration.between(now, validity.notAfter());
        Duration life = Duration.between(validity.notBefore(), validity.notAfter());
        String text = what + ", until " + validity.notAfter() + ", " + left.toDays() + " d left";
        boolean needed =
                switch (authority.state()) {
                    case ACTIVE, PREPARED -> true;
                    case RETIRED, REVOKED -> false;
                };
        if (now.isBefore(validity.notBefore())) {
            findings.add(
                    KeyFinding.fail(
                            authority.id(),
                            "validity",
                            text + ", not before " + validity.notBefore(),
                            "check the clock"));
        } else if (needed && left.isNegative()) {
            findings.add(
                    KeyFinding.fail(authority.id(), "validity", text, "rotate it: it has expired"));
        } else if (needed && left.compareTo(life.dividedBy(3)) < 0) {
            findings.add(
                    KeyFinding.warn(
                            authority.id(),
                            "validity",
                            text,
                            "rotate it: less than a third of its life is left"));
        } else {
            findings.add(KeyFinding.pass(authority.id(), "validity", text));
        }
    }

    private void profile(
            StoredAuthority authority,
            AuthorityCertificate certificate,
            List<StoredAuthority> all) {
        String issuerId = authority.issuerId();
        Optional<StoredAuthority> issuer =
                all.stream().filter(other -> other.id().equals(issuerId)).findFirst();
        if (issuerId != null && issuer.isEmpty()) {
            findings.add(
                    KeyFinding.fail(
                            authority.id(),
                            "chain",
                            "its issuer " + issuerId + " is not on record",
                            "restore table authority.authority from a backup"));
            return;
        }
        AuthorityCertificate issuerCertificate = issuer.map(this::certificate).orElse(null);
        Optional<String> defect =
                authority.foreign()
                        ? ForeignCertificateLint.firstDefect(
                                authority.role(), certificate, issuerCertificate)
                        : new AuthorityCertificateLint(crypto)
                                .firstDefect(authority.role(), certificate, issuerCertificate);
        findings.add(
                defect.isEmpty()
                        ? KeyFinding.pass(
                                authority.id(),
                                "certificate",
                                issuerId == null
                                        ? "keeps its profile"
                                        : "keeps its profile; signed by " + issuerId)
                        : KeyFinding.fail(
                                authority.id(),
                                "certificate",
                                defect.get(),
                                "rotate it: replicas refuse to load it"));
        if (issuer.isPresent() && issuer.get().state() == AuthorityState.REVOKED) {
            findings.add(
                    KeyFinding.fail(
                            authority.id(),
                            "chain",
                            "its issuer is revoked: nobody trusts what it signs",
                            "prepare and activate another one"));
        }
    }

    private void key(StoredAuthority authority) {
        KeyType keyType = authority.keyType();
        if (authority.keys().isEmpty() || keyType == null) {
            boolean needed =
                    authority.role() == AuthorityRole.ISSUING
                            && authority.state() == AuthorityState.ACTIVE;
            findings.add(
                    needed
                            ? KeyFinding.fail(
                                    authority.id(),
                                    "key",
                                    "there is none",
                                    "restore table authority.private_key from a backup")
                            : KeyFinding.pass(authority.id(), "key", "not kept here"));
            return;
        }
        if (keys == null) {
            findings.add(
                    KeyFinding.fail(
                            authority.id(),
                            "key",
                            "cannot be opened without a key-encryption key",
                            "see above"));
            return;
        }
        try {
            Optional<Signer> signer =
                    keys.open(authority.id(), authority.role(), keyType, authority.keys());
            if (signer.isEmpty()) {
                findings.add(
                        KeyFinding.fail(
                                authority.id(),
                                "key",
                                "no key-encryption key of these settings opens it",
                                "add the one it is wrapped with to"
                                        + " signet.authority.further-key-encryption-keys"));
                return;
            }
            new KeyProof(crypto).require(authority.certificate(), keyType, signer.get());
            findings.add(
                    KeyFinding.pass(
                            authority.id(),
                            "key",
                            "opens, is its certificate's, and signs (" + place(authority) + ")"));
        } catch (SigningException | IllegalStateException e) {
            findings.add(
                    KeyFinding.fail(
                            authority.id(),
                            "key",
                            String.valueOf(e.getMessage()),
                            "see docs/operating.md, keys"));
        }
    }

    private static String place(StoredAuthority authority) {
        return switch (authority.keys().getFirst()) {
            case KeyRecord.Wrapped _ -> "wrapped in the database";
            case KeyRecord.InToken(var reference) -> reference.toString();
        };
    }
}
