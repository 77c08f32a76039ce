package dev.signet.ca.status;

import dev.signet.ca.wire.HttpDocuments;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// CRLs on plain HTTP: `/crl/<authority>/<shard>.crl`.
///
/// @rfc 5280 4.2.1.13
/// @rfc 2585 3
final class CrlDocuments implements HttpDocuments {

    private static final Pattern PATH = Pattern.compile("/([0-9a-f]{64})/([1-9][0-9]{0,3})\\.crl");
    private static final String TYPE = "application/pkix-crl";

    private final PublishedCrls published;
    private final CrlIssue issue;
    private final Duration maxAge;

    CrlDocuments(PublishedCrls published, CrlIssue issue, Duration maxAge) {
        this.published = published;
        this.issue = issue;
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
        Matcher path = PATH.matcher(request.path());
        return path.matches() ? crl(path.group(1), Integer.parseInt(path.group(2))) : absent();
    }

    private Document crl(String authorityId, int shard) {
        Optional<CrlRecord> crl =
                shard < 2 << Shard.MAX_BITS
                        ? published.find(new Shard(authorityId, shard))
                        : Optional.empty();
        return crl.map(this::document).orElseGet(CrlDocuments::absent);
    }

    private Document document(CrlRecord crl) {
        Duration left = issue.untilNext(crl);
        return new Document(
                200,
                TYPE,
                crl.der(),
                new Freshness(
                        crl.tag(),
                        left.compareTo(maxAge) < 0 ? left : maxAge,
                        crl.thisUpdate(),
                        crl.nextUpdate()));
    }

    private static Document absent() {
        return new Document(
                404,
                "text/plain; charset=utf-8",
                "no such CRL\n".getBytes(StandardCharsets.US_ASCII),
                null);
    }
}
