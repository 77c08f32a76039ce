package dev.signet.ca.admin;

import dev.signet.ca.attestation.JoinTokens;
import dev.signet.ca.attestation.JoinTokens.JoinTokenRecord;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.ledger.CertificateRecords.CertificateRecord;
import dev.signet.ca.policy.Policies;
import dev.signet.ca.policy.PolicySnapshot;
import dev.signet.ca.policy.ProtectedGrant;
import dev.signet.ca.privilege.Principal;
import dev.signet.ca.privilege.Privileges;
import dev.signet.ca.privilege.Role;
import dev.signet.ca.privilege.RoleNames;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a start says of the identities that carry roles: a mapping gives its roles to whoever holds
/// a certificate of the ID already, and stops the tokens and rules that could give one. Each is
/// named in the log, bounded, once a start. Blocks on PostgreSQL.
final class PrivilegeReview {

    private static final Logger LOG = LoggerFactory.getLogger(PrivilegeReview.class);
    private static final int MAX_LOOKED_AT = 1_000;
    private static final int MAX_NAMED = 5;

    private final Privileges privileges;
    private final CertificateRecords records;
    private final JoinTokens tokens;
    private final Origins origins;
    private final Policies policies;

    PrivilegeReview(
            Privileges privileges,
            CertificateRecords records,
            JoinTokens tokens,
            Origins origins,
            Policies policies) {
        this.privileges = privileges;
        this.records = records;
        this.tokens = tokens;
        this.origins = origins;
        this.policies = policies;
    }

    /// In a thread of its own: a start does not wait for it, and does not fail by it.
    void start() {
        Thread.ofVirtual().name("signet-privilege-review").start(this::log);
    }

    private void log() {
        try {
            findings().forEach(LOG::warn);
        } catch (RuntimeException e) {
            LOG.warn("The identities that carry roles of the admin API were not reviewed", e);
        }
    }

    /// A line for each.
    List<String> findings() {
        List<String> findings = new ArrayList<>();
        rules(findings);
        joinTokens(findings);
        certificates(findings);
        return findings;
    }

    private void rules(List<String> findings) {
        PolicySnapshot policy = policies.current();
        for (ProtectedGrant grant : policy.protectedGrants()) {
            if (!Role.cover(policy.activatorRoles(), grant.roles())) {
                findings.add(
                        "Rule "
                                + grant.rule()
                                + " of policy "
                                + policy.version()
                                + " can come to "
                                + grant.identity()
                                + ", which carries "
                                + text(grant.roles())
                                + " of the admin API. Such requests are refused with ROLE_REQUIRED:"
                                + " whoever put the policy in force did not hold that. Narrow the"
                                + " rule, or have an admin put it in force");
            }
        }
    }

    private void joinTokens(List<String> findings) {
        List<String> ids = new ArrayList<>();
        for (JoinTokenRecord token :
                tokens.list(JoinTokens.State.USABLE, MAX_LOOKED_AT, null).tokens()) {
            if (!covers(token.creator(), privileges.of(token.pattern()))) {
                ids.add(token.tokenId() + " (" + token.pattern() + ", " + token.createdBy() + ")");
            }
        }
        if (!ids.isEmpty()) {
            findings.add(
                    ids.size()
                            + " usable join tokens are for identities that carry roles of the admin"
                            + " API which their creators did not hold; they give no such identity: "
                            + some(ids));
        }
    }

    private void certificates(List<String> findings) {
        for (Map.Entry<SpiffeIdPattern, Set<Role>> mapping : privileges.mappings().entrySet()) {
            SpiffeIdPattern pattern = mapping.getKey();
            String text = pattern.toString();
            List<String> serials = new ArrayList<>();
            for (CertificateRecord record :
                    records.search(
                                    CertificateRecords.Criteria.builder()
                                            .spiffeIdPrefix(
                                                    pattern.exact().isPresent()
                                                            ? text
                                                            : text.substring(0, text.length() - 1))
                                            .state(CertificateRecords.State.VALID)
                                            .build(),
                                    MAX_LOOKED_AT,
                                    null)
                            .records()) {
                if (SpiffeId.parse(record.spiffeId()).filter(pattern::matches).isPresent()
                        && !covers(origins.creator(record), mapping.getValue())) {
                    serials.add(record.serialNumber().hex() + " (" + record.spiffeId() + ")");
                }
            }
            if (!serials.isEmpty()) {
                findings.add(
                        pattern
                                + " carries "
                                + text(mapping.getValue())
                                + " of the admin API, and so do the holders of "
                                + serials.size()
                                + " active certificates that began by evidence of nobody who held"
                                + " that. Revoke those that you do not know, and issue new ones: "
                                + some(serials));
            }
        }
    }

    private boolean covers(@Nullable Principal creator, Set<Role> required) {
        return required.isEmpty()
                || (creator != null && Role.cover(privileges.held(creator), required));
    }

    private static String text(Set<Role> roles) {
        return String.join(", ", RoleNames.of(roles));
    }

    private static String some(List<String> all) {
        return String.join(", ", all.subList(0, Math.min(all.size(), MAX_NAMED)))
                + (all.size() > MAX_NAMED ? ", ..." : "");
    }
}
