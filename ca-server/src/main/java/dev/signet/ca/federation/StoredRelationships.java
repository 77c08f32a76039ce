package dev.signet.ca.federation;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.audit.PrintableText;
import dev.signet.ca.federation.JdbcFederation.Row;
import dev.signet.ca.federation.JdbcFederation.Stored;
import dev.signet.ca.identity.Ascii;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;

/// Relationships on record, judged before they are. Thread-safe.
final class StoredRelationships implements Relationships {

    private static final int LONGEST_URL = 2048;
    private static final int LONGEST_NAME = 1024;

    private final JdbcFederation store;
    private final TrustDomain own;
    private final List<String> allowedHosts;

    /// @param own our trust domain, which is no other's
    /// @param allowedHosts hosts that may be named, perhaps with a port; empty: any
    StoredRelationships(JdbcFederation store, TrustDomain own, List<String> allowedHosts) {
        this.store = store;
        this.own = own;
        this.allowedHosts = allowedHosts.stream().map(host -> Ascii.lowerCase(host)).toList();
    }

    @Override
    public List<Known> all() {
        return store.all().stream().map(StoredRelationships::known).toList();
    }

    private static Known known(Row row) {
        Stored stored = row.bundle();
        return new Known(
                row.relationship(),
                stored == null
                        ? null
                        : new Accepted(
                                stored.spiffeSequence(),
                                BundleDocument.split(stored.authorities()).size(),
                                stored.acceptedAt()),
                row.pull());
    }

    @Override
    public Change add(Wanted wanted, Actor by, String reason) {
        try {
            Judged judged = judge(wanted);
            return store.locked(() -> {
                if (store.of(judged.trustDomain()).isPresent()) {
                    return new Change.Refused(
                            Refusal.of(
                                    RefusalCode.CONFLICT,
                                    "There is a relationship with this trust domain. End it"
                                            + " first."));
                }
                store.establish(
                        judged.trustDomain(),
                        wanted.profile(),
                        judged.url(),
                        judged.endpointId(),
                        octets(wanted.initialBundle()),
                        octets(wanted.webRoots()),
                        reason,
                        name(by));
                return new Change.Done(store.of(judged.trustDomain()).orElseThrow().relationship());
            });
        } catch (Objection e) {
            return new Change.Refused(e.refusal);
        }
    }

    @Override
    public Change remove(TrustDomain trustDomain, Actor by, String reason) {
        return store.locked(() -> {
            Row row = store.of(trustDomain).orElse(null);
            if (row == null) {
                return new Change.Refused(
                        Refusal.of(
                                RefusalCode.NOT_FOUND,
                                "There is no relationship with this trust domain."));
            }
            store.end(trustDomain, reason, name(by));
            return new Change.Done(row.relationship());
        });
    }

    private static String name(Actor actor) {
        return PrintableText.of(actor.kind() + " " + actor.subject(), LONGEST_NAME);
    }

    private static byte @Nullable [] octets(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private record Judged(TrustDomain trustDomain, URI url, @Nullable SpiffeId endpointId) {}

    private static final class Objection extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Refusal refusal;

        Objection(String field, String message) {
            super(message, null, false, false);
            this.refusal =
                    new Refusal(
                            RefusalCode.INVALID_ARGUMENT,
                            message,
                            "",
                            null,
                            Map.of("field", field));
        }
    }

    private Judged judge(Wanted wanted) {
        TrustDomain trustDomain = trustDomain(wanted.trustDomain());
        URI url = url(wanted.url());
        return switch (wanted.profile()) {
            case HTTPS_WEB -> {
                if (wanted.endpointId() != null || wanted.initialBundle() != null) {
                    throw new Objection(
                            "profile",
                            "With https_web neither endpointSpiffeId nor initialBundle is used.");
                }
                requireCertificates(wanted.webRoots());
                yield new Judged(trustDomain, url, null);
            }
            case HTTPS_SPIFFE -> {
                if (wanted.webRoots() != null) {
                    throw new Objection("webRoots", "With https_spiffe webRoots is not used.");
                }
                SpiffeId endpoint =
                        SpiffeId.parse(String.valueOf(wanted.endpointId()))
                                .filter(id -> id.trustDomain().equals(trustDomain))
                                .orElseThrow(() ->
                                        new Objection(
                                                "endpointSpiffeId",
                                                "The endpoint's SPIFFE ID is missing or not one of"
                                                        + " that trust domain (expected: spiffe://"
                                                        + trustDomain
                                                        + "/...)."));
                requireBundle(wanted.initialBundle(), trustDomain);
                yield new Judged(trustDomain, url, endpoint);
            }
        };
    }

    private TrustDomain trustDomain(String name) {
        try {
            TrustDomain trustDomain = new TrustDomain(name);
            if (trustDomain.equals(own)) {
                throw new Objection("trustDomain", "This is our own trust domain.");
            }
            return trustDomain;
        } catch (IllegalArgumentException _) {
            throw new Objection(
                    "trustDomain",
                    "The trust domain is not one (expected: 1 to 255 of a-z, 0-9, '.', '_', '-').");
        }
    }

    private URI url(String text) {
        URI url;
        try {
            url = text.length() > LONGEST_URL ? null : URI.create(text);
        } catch (IllegalArgumentException _) {
            url = null;
        }
        if (url == null
                || !"https".equals(url.getScheme())
                || url.getHost() == null
                || url.getUserInfo() != null
                || url.getRawFragment() != null) {
            throw new Objection(
                    "url",
                    "The URL is not one of a bundle endpoint (expected: https://host[:port]/path,"
                            + " without user and fragment).");
        }
        String host = Ascii.lowerCase(url.getHost());
        if (!allowedHosts.isEmpty()
                && !allowedHosts.contains(host)
                && !allowedHosts.contains(host + ":" + (url.getPort() < 0 ? 443 : url.getPort()))) {
            throw new Objection(
                    "url",
                    "This host is not in the server's list (signet.federation.pull.allowed-hosts).");
        }
        return url;
    }

    private static void requireCertificates(@Nullable String pem) {
        if (pem == null) {
            return;
        }
        byte[] octets = pem.getBytes(StandardCharsets.UTF_8);
        try {
            if (octets.length > MAX_OCTETS
                    || CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(octets))
                            .isEmpty()) {
                throw new CertificateException("none");
            }
        } catch (CertificateException _) {
            throw new Objection("webRoots", "The roots are not PEM certificates.");
        }
    }

    private static void requireBundle(@Nullable String json, TrustDomain trustDomain) {
        if (json == null) {
            throw new Objection(
                    "initialBundle",
                    "The bundle to begin with is missing; get it from the other side by a way that"
                            + " you trust.");
        }
        try {
            BundleDocument bundle =
                    BundleDocument.parse(json.getBytes(StandardCharsets.UTF_8), trustDomain);
            if (bundle.authorities().isEmpty()) {
                throw new Objection("initialBundle", "The bundle to begin with trusts nothing.");
            }
        } catch (BundleDocument.Unreadable e) {
            throw new Objection(
                    "initialBundle", "The bundle to begin with " + e.getMessage() + ".");
        }
    }
}
