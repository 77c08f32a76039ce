package dev.signet.ca.status;

import dev.signet.ca.authority.StatusAuthorities;
import dev.signet.ca.authority.StatusAuthority;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.revocation.RevocationFeed;
import dev.signet.ca.status.OcspRequest.CertificateId;
import dev.signet.ca.status.OcspRequest.Hash;

import org.bouncycastle.asn1.x509.Certificate;
import org.jspecify.annotations.Nullable;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Answers OCSP requests (docs/crl-and-ocsp.md). Thread-safe; blocks while PostgreSQL is asked.
///
/// @rfc 6960
/// @rfc 5019
/// @rfc 9654
final class OcspAnswers {

    private final StatusAuthorities authorities;
    private final StatusLookup lookup;
    private final RevocationFeed feed;
    private final OcspResponders responders;
    private final OcspCache cache;
    private final StatusSettings.Ocsp settings;
    private final CryptoProvider crypto;
    private final InstantSource clock;
    private final StatusMetrics metrics;

    /// By authority id and hash; written once.
    private final Map<String, IssuerHashes> hashes = new ConcurrentHashMap<>();

    OcspAnswers(
            StatusAuthorities authorities,
            StatusLookup lookup,
            RevocationFeed feed,
            OcspResponders responders,
            OcspCache cache,
            StatusSettings.Ocsp settings,
            CryptoProvider crypto,
            InstantSource clock,
            StatusMetrics metrics) {
        this.authorities = authorities;
        this.lookup = lookup;
        this.feed = feed;
        this.responders = responders;
        this.cache = cache;
        this.settings = settings;
        this.crypto = crypto;
        this.clock = clock;
        this.metrics = metrics;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record IssuerHashes(byte[] name, byte[] key) {}

    /// @param cached null: not to be kept by anybody
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Reply(byte[] der, OcspCache.@Nullable Answer cached) {

        private static Reply of(byte[] der) {
            return new Reply(der, null);
        }
    }

    /// @param octets OCSPRequest from anybody
    Reply answer(byte[] octets) {
        Optional<OcspRequest> request = OcspRequestReader.read(octets);
        if (request.isEmpty()) {
            return without(OcspWriter.MALFORMED_REQUEST, "malformed");
        }
        return answer(request.get());
    }

    private Reply without(int status, String name) {
        metrics.ocspAnswered(name);
        return Reply.of(OcspWriter.without(status));
    }

    private Reply answer(OcspRequest request) {
        Optional<StatusAuthority> authority = authority(request.certificates());
        if (authority.isEmpty()) {
            return without(OcspWriter.UNAUTHORIZED, "unauthorized");
        }
        Instant asOf = feed.knowledge().asOf();
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Optional<OcspResponder> responder = responders.find(authority.get().id());
        if (responder.isEmpty()
                || Duration.between(asOf, clock.instant()).compareTo(settings.maxKnowledgeAge())
                        > 0) {
            return without(OcspWriter.TRY_LATER, "try-later");
        }
        try {
            return reply(request, authority.get(), responder.get(), now);
        } catch (LedgerUnavailableException _) {
            return without(OcspWriter.TRY_LATER, "try-later");
        }
    }

    private Reply reply(
            OcspRequest request, StatusAuthority authority, OcspResponder responder, Instant now) {
        List<OcspWriter.Single> singles = new ArrayList<>();
        for (CertificateId id : request.certificates()) {
            KnownStatus known;
            Optional<OcspCache.Answer> held = held(authority, id, now);
            if (held.isPresent()) {
                if (request.nonce() == null
                        && request.certificates().size() == 1
                        && isFresh(held.get(), now)) {
                    metrics.ocspAnswered("cached");
                    return new Reply(held.get().der(), held.get());
                }
                known = held.get().status();
            } else {
                known = lookup.find(authority, id.serialNumber());
            }
            singles.add(new OcspWriter.Single(id, known));
        }
        Instant nextUpdate = nextUpdate(singles, responder, now);
        byte[] der = OcspWriter.answer(responder, singles, now, now, nextUpdate, request.nonce());
        metrics.ocspAnswered(request.nonce() == null ? "signed" : "signed-nonce");
        if (request.nonce() != null || singles.size() > 1) {
            return Reply.of(der);
        }
        OcspWriter.Single single = singles.getFirst();
        OcspCache.Answer answer =
                new OcspCache.Answer(single.status(), der, tag(der), now, now, nextUpdate);
        if (!(single.status() instanceof KnownStatus.Unknown)) {
            cache.put(single.certificate().encoded(), answer);
            return new Reply(der, answer);
        }
        return Reply.of(der); // a serial number may be on record the next moment
    }

    /// What was said of it before, where that still holds: the feed is asked each time, so that no
    /// answer outlives a revocation.
    private Optional<OcspCache.Answer> held(
            StatusAuthority authority, CertificateId id, Instant now) {
        Optional<OcspCache.Answer> held = cache.find(id.encoded());
        if (held.isEmpty()) {
            return held;
        }
        Optional<KnownStatus.Revoked> revoked = lookup.revoked(authority, id.serialNumber());
        boolean same =
                switch (held.get().status()) {
                    case KnownStatus.Good(Instant notAfter) ->
                            revoked.isEmpty() && !notAfter.isBefore(now);
                    case KnownStatus.Revoked was -> revoked.map(was::equals).orElse(false);
                    case KnownStatus.Unknown() -> false;
                };
        if (!same) {
            cache.remove(id.encoded());
            return Optional.empty();
        }
        return held;
    }

    /// The first half of its life: what is sent is good for a while.
    private boolean isFresh(OcspCache.Answer answer, Instant now) {
        Duration half = Duration.between(answer.producedAt(), answer.nextUpdate()).dividedBy(2);
        return !now.isBefore(answer.producedAt()) && now.isBefore(answer.producedAt().plus(half));
    }

    /// Not past the end of what a good certificate is good for, nor of the responder's own.
    private Instant nextUpdate(
            List<OcspWriter.Single> singles, OcspResponder responder, Instant now) {
        Instant next = earlier(now.plus(settings.lifetime()), responder.validity().notAfter());
        for (OcspWriter.Single single : singles) {
            if (single.status() instanceof KnownStatus.Good(Instant notAfter)) {
                next = earlier(next, notAfter);
            }
        }
        return next.isBefore(now) ? now : next.truncatedTo(ChronoUnit.SECONDS);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private String tag(byte[] der) {
        return "\"" + HexFormat.of().formatHex(crypto.sha256(der), 0, 16) + "\"";
    }

    /// The one that all the certificates are of: only it lets its responder answer for it.
    private Optional<StatusAuthority> authority(List<CertificateId> certificates) {
        for (StatusAuthority authority : authorities.statusAuthorities()) {
            if (certificates.stream().allMatch(id -> isOf(authority, id))) {
                return Optional.of(authority);
            }
        }
        return Optional.empty();
    }

    private boolean isOf(StatusAuthority authority, CertificateId id) {
        IssuerHashes issuer =
                hashes.computeIfAbsent(
                        id.hash() + authority.id(), _ -> hashes(authority, id.hash()));
        return Arrays.equals(issuer.name(), id.nameHash())
                && Arrays.equals(issuer.key(), id.keyHash());
    }

    private IssuerHashes hashes(StatusAuthority authority, Hash hash) {
        MessageDigest digest = crypto.newMessageDigest(hash.jcaName());
        return new IssuerHashes(
                digest.digest(authority.issuer().subject()),
                digest.digest(
                        Certificate.getInstance(authority.certificate())
                                .getSubjectPublicKeyInfo()
                                .getPublicKeyData()
                                .getBytes()));
    }
}
