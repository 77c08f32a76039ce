package dev.signet.ca.admin;

import dev.signet.ca.attestation.JoinTokens;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.ledger.CertificateRecords.CertificateRecord;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Operator acts on the ledger and the join tokens.
final class LedgerOperatorActs implements OperatorActs {

    private static final Logger log = LoggerFactory.getLogger(LedgerOperatorActs.class);

    private static final Duration DEFAULT_TIME_TO_LIVE = Duration.ofMinutes(10);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final String RESERVED = "/signet/";
    private static final int DEFAULT_PAGE_SIZE = 100;
    private static final int MAX_PAGE_SIZE = 1000;
    private static final int MAX_PREFIX_LENGTH = 2048;

    private final TrustDomain trustDomain;
    private final JoinTokens joinTokens;
    private final CertificateRecords records;

    LedgerOperatorActs(TrustDomain trustDomain, JoinTokens joinTokens, CertificateRecords records) {
        this.trustDomain = trustDomain;
        this.joinTokens = joinTokens;
        this.records = records;
    }

    @Override
    public TokenOutcome createJoinToken(
            String spiffeIdPattern, @Nullable Duration timeToLive, String operator) {
        Optional<SpiffeIdPattern> pattern = SpiffeIdPattern.parse(spiffeIdPattern);
        if (pattern.isEmpty()) {
            return new TokenOutcome.Refused(
                    invalid(
                            "spiffe_id_pattern",
                            "The SPIFFE ID is not one (expected: spiffe://"
                                    + trustDomain
                                    + "/path, or a path that ends with /*)."));
        }
        if (!pattern.get().trustDomain().equals(trustDomain)) {
            return new TokenOutcome.Refused(
                    invalid(
                            "spiffe_id_pattern",
                            "The SPIFFE ID is of another trust domain (expected: spiffe://"
                                    + trustDomain
                                    + "/...)."));
        }
        if (spiffeIdPattern.substring(trustDomain.uri().length()).startsWith(RESERVED)) {
            return new TokenOutcome.Refused(
                    invalid(
                            "spiffe_id_pattern",
                            "SPIFFE IDs under /signet/ are the CA's own. Choose another path."));
        }
        Duration life = timeToLive == null ? DEFAULT_TIME_TO_LIVE : timeToLive;
        if (life.compareTo(JoinTokens.MIN_TIME_TO_LIVE) < 0
                || life.compareTo(JoinTokens.MAX_TIME_TO_LIVE) > 0
                || !life.equals(Duration.ofSeconds(life.toSeconds()))) {
            return new TokenOutcome.Refused(
                    invalid(
                            "time_to_live",
                            "The time to live is out of bounds (expected: whole seconds from 1 s to"
                                    + " 24 h)."));
        }
        try {
            var token = joinTokens.create(pattern.get(), life, operator);
            log.info(
                    "Join token {} made by {} for {}, usable until {}",
                    token.tokenId(),
                    operator,
                    pattern.get(),
                    token.expiresAt());
            return new TokenOutcome.Created(token);
        } catch (LedgerUnavailableException e) {
            log.warn("Join token not made: PostgreSQL did not confirm", e);
            return new TokenOutcome.Refused(away());
        }
    }

    @Override
    public ListOutcome listCertificates(Query query) {
        if (query.pageSize() < 0 || query.pageSize() > MAX_PAGE_SIZE) {
            return new ListOutcome.Refused(
                    invalid("page_size", "The page size is out of bounds (expected: 0 to 1000)."));
        }
        String prefix = query.spiffeIdPrefix();
        if (prefix != null && prefix.length() > MAX_PREFIX_LENGTH) {
            return new ListOutcome.Refused(
                    invalid(
                            "spiffe_id_prefix",
                            "The SPIFFE ID prefix is too long (expected: at most 2048"
                                    + " characters)."));
        }
        String condition = prefix == null || prefix.isEmpty() ? null : prefix;
        try {
            SerialNumber serialNumber = query.serialNumber();
            if (serialNumber != null) {
                return new ListOutcome.Page(one(serialNumber, condition, query), null);
            }
            String pageToken = query.pageToken();
            CertificateRecords.Page page =
                    records.search(
                            new CertificateRecords.Criteria(
                                    condition, query.issuedFrom(), query.issuedBefore()),
                            query.pageSize() == 0 ? DEFAULT_PAGE_SIZE : query.pageSize(),
                            pageToken == null || pageToken.isEmpty() ? null : pageToken);
            return new ListOutcome.Page(page.records(), page.nextPageToken());
        } catch (LedgerUnavailableException e) {
            log.warn("Certificates not listed: PostgreSQL cannot be asked", e);
            return new ListOutcome.Refused(away());
        } catch (IllegalArgumentException _) {
            return new ListOutcome.Refused(
                    invalid(
                            "page_token",
                            "The page token is none (expected: next_page_token of an answer to the"
                                    + " same query)."));
        }
    }

    private List<CertificateRecord> one(
            SerialNumber serialNumber, @Nullable String prefix, Query query) {
        return records.bySerialNumber(serialNumber)
                .filter(record -> prefix == null || record.spiffeId().startsWith(prefix))
                .filter(record ->
                        query.issuedFrom() == null
                                || !record.issuedAt().isBefore(query.issuedFrom()))
                .filter(record ->
                        query.issuedBefore() == null
                                || record.issuedAt().isBefore(query.issuedBefore()))
                .map(List::of)
                .orElse(List.of());
    }

    private static Refusal invalid(String field, String message) {
        return new Refusal(RefusalCode.INVALID_ARGUMENT, message, "", null, Map.of("field", field));
    }

    private static Refusal away() {
        return Refusal.of(
                        RefusalCode.LEDGER_UNAVAILABLE,
                        "The CA's database did not answer. Retry after the given time.")
                .retryAfter(RETRY);
    }
}
