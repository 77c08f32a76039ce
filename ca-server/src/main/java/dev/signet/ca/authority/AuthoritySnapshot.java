package dev.signet.ca.authority;

import dev.signet.ca.authority.Authorities.Selection;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import javax.security.auth.x500.X500Principal;

/// All authorities at one moment, and what follows from their states and dates. Immutable.
final class AuthoritySnapshot {

    /// One authority on record.
    ///
    /// @param signs what signs with it; null for a root, and for an issuing CA that is not active
    /// @param status what signs its CRLs; null where its key is not at hand
    /// @param issuerId id of who signed it; null for a root
    /// @param foreign whether another CA wrote its certificate
    /// @param keyHere whether there is a way to its private key on record
    /// @param chain what is sent with its leaves; empty for a root
    record Entry(
            AuthorityRole role,
            AuthorityState state,
            AuthorityCertificate certificate,
            List<byte[]> chain,
            @Nullable IssuingAuthority signs,
            @Nullable StatusAuthority status,
            @Nullable String issuerId,
            boolean foreign,
            boolean keyHere) {

        Entry {
            chain = List.copyOf(chain);
        }

        AuthorityDescription described() {
            return new AuthorityDescription(
                    certificate.id(),
                    role.text(),
                    state.text(),
                    certificate.holder().getSubject().toString(),
                    certificate.validity(),
                    certificate.pem(),
                    issuerId,
                    foreign,
                    keyHere);
        }
    }

    private static final Duration RETRY_WHEN_KEY_IS_AWAY = Duration.ofSeconds(5);

    private final List<AuthorityDescription> described;
    private final List<Entry> issuing;
    private final Map<String, List<byte[]>> chains;
    private final Set<String> believed = new HashSet<>();
    private final List<StatusAuthority> statusAuthorities;
    private final List<byte[]> keys;
    private final Set<X500Principal> names;
    private final TrustAnchors trustAnchors;
    private final Duration minimumRemainder;

    AuthoritySnapshot(long generation, List<Entry> entries, Duration minimumRemainder) {
        this.minimumRemainder = minimumRemainder;
        this.described =
                entries.stream()
                        .sorted(
                                Comparator.comparing(Entry::role)
                                        .thenComparing(
                                                entry -> entry.certificate().validity().notAfter())
                                        .thenComparing(entry -> entry.certificate().id()))
                        .map(Entry::described)
                        .toList();
        this.statusAuthorities =
                entries.stream().map(Entry::status).filter(Objects::nonNull).toList();
        this.keys =
                entries.stream()
                        .map(entry -> entry.certificate().subjectPublicKeySha256())
                        .toList();
        this.names =
                entries.stream()
                        .map(entry -> new X500Principal(entry.certificate().subject()))
                        .collect(Collectors.toUnmodifiableSet());
        this.chains = new TreeMap<>();
        this.issuing = new ArrayList<>();
        List<byte[]> roots = new ArrayList<>();
        for (Entry entry : entries) {
            switch (entry.role()) {
                case ROOT -> {
                    if (entry.state() != AuthorityState.REVOKED) {
                        roots.add(entry.certificate().der());
                    }
                }
                case CROSS, INTERMEDIATE -> {}
                case ISSUING -> {
                    chains.put(entry.certificate().id(), entry.chain());
                    if (entry.state() != AuthorityState.REVOKED) {
                        believed.add(entry.certificate().id());
                    }
                    if (entry.state() == AuthorityState.ACTIVE && entry.signs() != null) {
                        issuing.add(entry);
                    }
                }
            }
        }
        roots.sort(Arrays::compareUnsigned);
        // Where several are active the one that lasts longest signs, so that all replicas agree.
        issuing.sort(
                Comparator.comparing((Entry entry) -> entry.certificate().validity().notAfter())
                        .thenComparing(entry -> entry.certificate().id())
                        .reversed());
        this.trustAnchors = new TrustAnchors(generation, roots);
    }

    /// R17: never an issuer that is expired, not yet valid, or about to end.
    Selection active(Instant now) {
        String keyAway = null;
        for (Entry entry : issuing) {
            Validity validity = entry.certificate().validity();
            IssuingAuthority authority = entry.signs();
            if (authority != null
                    && validity.contains(now)
                    && !validity.notAfter().minus(minimumRemainder).isBefore(now)) {
                Optional<String> impediment = authority.impediment();
                if (impediment.isEmpty()) {
                    return new Selection.Usable(authority);
                }
                keyAway = impediment.get();
            }
        }
        if (keyAway != null) {
            return new Selection.NotUsable(
                    Refusal.withDiagnosis(
                                    RefusalCode.AUTHORITY_NOT_USABLE,
                                    "the key of this CA's issuing authority cannot be used now; try"
                                            + " again later",
                                    keyAway)
                            .retryAfter(RETRY_WHEN_KEY_IS_AWAY));
        }
        return new Selection.NotUsable(
                Refusal.withDiagnosis(
                        RefusalCode.AUTHORITY_NOT_USABLE,
                        "no authority of this CA may sign now; the operator must rotate its"
                                + " issuing CA",
                        diagnosis(now)));
    }

    private String diagnosis(Instant now) {
        if (issuing.isEmpty()) {
            return "no issuing CA is active";
        }
        StringBuilder text = new StringBuilder("at ").append(now).append(':');
        for (Entry entry : issuing) {
            Validity validity = entry.certificate().validity();
            text.append(' ')
                    .append(entry.certificate().id(), 0, 16)
                    .append(" is valid from ")
                    .append(validity.notBefore())
                    .append(" to ")
                    .append(validity.notAfter());
        }
        return text.append("; minimum remainder ").append(minimumRemainder).toString();
    }

    /// Last second of the issuing CA that lasts longest; empty when none is active.
    Optional<Instant> expiry() {
        return issuing.stream().findFirst().map(entry -> entry.certificate().validity().notAfter());
    }

    List<AuthorityDescription> described() {
        return described;
    }

    List<StatusAuthority> statusAuthorities() {
        return statusAuthorities;
    }

    Optional<List<byte[]>> chain(String authorityId) {
        return Optional.ofNullable(chains.get(authorityId));
    }

    boolean isKeyOfAuthority(byte[] sha256) {
        for (byte[] key : keys) {
            if (Arrays.equals(key, sha256)) {
                return true;
            }
        }
        return false;
    }

    /// As RFC 5280 7.1 compares names: without regard to case and spaces.
    boolean isNameOfAuthority(byte[] subject) {
        return names.contains(new X500Principal(subject));
    }

    /// Whether it is an issuing CA of ours that was not revoked.
    boolean isBelieved(String authorityId) {
        return believed.contains(authorityId);
    }

    TrustAnchors trustAnchors() {
        return trustAnchors;
    }
}
