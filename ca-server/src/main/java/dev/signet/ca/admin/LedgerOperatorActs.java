package dev.signet.ca.admin;

import dev.signet.ca.attestation.CreatedJoinToken;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.ledger.CertificateRecords.CertificateRecord;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.privilege.Principal;
import dev.signet.ca.privilege.Role;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Operator acts on the ledger and the join tokens.
final class LedgerOperatorActs implements OperatorActs {

    private static final Logger log = LoggerFactory.getLogger(LedgerOperatorActs.class);

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int DEFAULT_PAGE_SIZE = 100;
    private static final int MAX_PAGE_SIZE = 1000;
    private static final int MAX_PREFIX_LENGTH = 2048;

    private final JdbcAuditedActs acts;
    private final JoinTokenActs tokens;
    private final CertificateRecords records;

    LedgerOperatorActs(JdbcAuditedActs acts, JoinTokenActs tokens, CertificateRecords records) {
        this.acts = acts;
        this.tokens = tokens;
        this.records = records;
    }

    @Override
    public TokenOutcome createJoinToken(
            String spiffeIdPattern, @Nullable Duration timeToLive, String operator) {
        // As in the admin API: the operator credential is an admin's.
        Actor actor = new Actor(Principal.CREDENTIAL, operator, null, Set.of(Role.ADMIN), null);
        try {
            return switch (acts.perform(
                    () -> tokens.create(actor, spiffeIdPattern, timeToLive, 1, ""))) {
                case ActOutcome.Done<List<CreatedJoinToken>>(List<CreatedJoinToken> made) ->
                        new TokenOutcome.Created(made.getFirst());
                case ActOutcome.Refused<List<CreatedJoinToken>>(Refusal refusal) ->
                        new TokenOutcome.Refused(inProtobuf(refusal));
                case ActOutcome.Pending<List<CreatedJoinToken>> _ ->
                        throw new IllegalStateException("a join token waits for nobody");
            };
        } catch (LedgerUnavailableException e) {
            log.warn("Join token not made: PostgreSQL did not confirm", e);
            return new TokenOutcome.Refused(away());
        }
    }

    /// Fields have other names in protobuf than in JSON.
    private static Refusal inProtobuf(Refusal refusal) {
        String field = refusal.metadata().get("field");
        if (field == null) {
            return refusal;
        }
        String name = field.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        return new Refusal(
                refusal.code(),
                refusal.message(),
                refusal.diagnosis(),
                refusal.retryAfter(),
                Map.of("field", name));
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
