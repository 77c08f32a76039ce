package dev.signet.ca.status;

import dev.signet.ca.wire.HttpDocuments;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// CRLs on plain HTTP: `/crl/<authority>/<shard>.crl`, `/crl/<authority>/full.crl`, and all full
/// ones as `/crl/full.pem`.
///
/// @rfc 5280 4.2.1.13
/// @rfc 2585 3
final class CrlDocuments implements HttpDocuments {

    private static final Pattern PATH =
            Pattern.compile("/([0-9a-f]{64})/(full|[1-9][0-9]{0,3})\\.crl");
    private static final String BUNDLE = "/full.pem";
    private static final String TYPE = "application/pkix-crl";
    private static final String PEM_TYPE = "application/x-pem-file";

    private final PublishedCrls published;
    private final CrlIssue issue;
    private final CrlBundle bundle;
    private final Duration maxAge;

    CrlDocuments(PublishedCrls published, CrlIssue issue, CrlBundle bundle, Duration maxAge) {
        this.published = published;
        this.issue = issue;
        this.bundle = bundle;
        this.maxAge = maxAge;
    }

    @Override
    public String prefix() {
        return "/crl";
    }

    @Override
    public int maxBody() {
        return 0;
    }

    @Override
    public Document answer(Request request) {
        if (request.path().equals(BUNDLE)) {
            return bundle.pem().map(this::document).orElseGet(CrlDocuments::notYet);
        }
        Matcher path = PATH.matcher(request.path());
        return path.matches() ? crl(path.group(1), path.group(2)) : absent();
    }

    private Document crl(String authorityId, String name) {
        int shard = name.equals("full") ? Shard.full(authorityId).id() : Integer.parseInt(name);
        Optional<CrlRecord> crl =
                shard < 2 << Shard.MAX_BITS
                        ? published.find(new Shard(authorityId, shard))
                        : Optional.empty();
        return crl.map(this::document).orElseGet(CrlDocuments::absent);
    }

    private Document document(CrlBundle.Pem pem) {
        return new Document(
                200,
                PEM_TYPE,
                pem.text(),
                new Freshness(
                        pem.tag(),
                        atMostMaxAge(bundle.untilNext(pem)),
                        pem.lastModified(),
                        pem.expires()));
    }

    private Duration atMostMaxAge(Duration left) {
        return left.compareTo(maxAge) < 0 ? left : maxAge;
    }

    private Document document(CrlRecord crl) {
        return new Document(
                200,
                TYPE,
                crl.der(),
                new Freshness(
                        crl.tag(),
                        atMostMaxAge(issue.untilNext(crl)),
                        crl.thisUpdate(),
                        crl.nextUpdate()));
    }

    /// Who fetches a file by `curl -f` keeps the one that it has.
    private static Document notYet() {
        return new Document(
                503,
                "text/plain; charset=utf-8",
                "not every CRL is signed yet; try again in some seconds\n"
                        .getBytes(StandardCharsets.US_ASCII),
                null);
    }

    private static Document absent() {
        return new Document(
                404,
                "text/plain; charset=utf-8",
                "no such CRL\n".getBytes(StandardCharsets.US_ASCII),
                null);
    }
}
