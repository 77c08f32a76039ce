package dev.signet.ca.rest;

import static dev.signet.ca.privilege.Role.ADMIN;
import static dev.signet.ca.privilege.Role.OPERATOR;
import static dev.signet.ca.privilege.Role.SECURITY_OFFICER;
import static dev.signet.ca.privilege.Role.VIEWER;

import dev.signet.ca.privilege.Role;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/// Everything that the API can be asked for, and which roles may: the published permission table
/// (docs/admin-api.md). A role that is not listed may not; there is no other place that decides.
enum Operation {
    SHOW_ME("Who the caller is", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    SHOW_SERVER("Version and state of the server", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    SHOW_OPENAPI("This document", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    LIST_CERTIFICATES("Search certificates", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    SHOW_CERTIFICATE("One certificate", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    EXPORT_CERTIFICATES("Export certificates", OPERATOR, SECURITY_OFFICER, ADMIN),
    REVOKE_CERTIFICATE("Revoke a certificate", OPERATOR, SECURITY_OFFICER, ADMIN),
    LIST_REVOCATIONS("Search revocations", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    SHOW_REVOCATION("One revocation", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    EXPORT_REVOCATIONS("Export revocations", OPERATOR, SECURITY_OFFICER, ADMIN),
    PREVIEW_REVOCATION("Count what would be revoked", OPERATOR, SECURITY_OFFICER, ADMIN),
    REVOKE_CERTIFICATES("Revoke many certificates", SECURITY_OFFICER, ADMIN),
    LIST_REVOCATION_JOBS("Bulk revocations", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    SHOW_REVOCATION_JOB("One bulk revocation", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    CANCEL_REVOCATION_JOB("Cancel a bulk revocation", SECURITY_OFFICER, ADMIN),
    LIST_BLOCKS("Blocked identities", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    SHOW_BLOCK("One blocked identity", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    BLOCK_IDENTITY("Block identities", OPERATOR, SECURITY_OFFICER, ADMIN),
    RELEASE_BLOCK("Release blocked identities", SECURITY_OFFICER, ADMIN),
    CREATE_JOIN_TOKENS("Make join tokens", OPERATOR, ADMIN),
    LIST_JOIN_TOKENS("Search join tokens", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    SHOW_JOIN_TOKEN("One join token", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    REVOKE_JOIN_TOKEN("Revoke a join token", OPERATOR, SECURITY_OFFICER, ADMIN),
    LIST_POLICIES("Policy versions", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    SHOW_POLICY("One policy version", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    CREATE_POLICY("Store a policy version", SECURITY_OFFICER, ADMIN),
    VALIDATE_POLICY("Check a policy document", OPERATOR, SECURITY_OFFICER, ADMIN),
    SHOW_ACTIVE_POLICY("The policy in force", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    ACTIVATE_POLICY("Put a policy version in force", SECURITY_OFFICER, ADMIN),
    ROLL_BACK_POLICY("Put the previous policy in force", SECURITY_OFFICER, ADMIN),
    EXPLAIN_POLICY("Say how a policy decides", OPERATOR, SECURITY_OFFICER, ADMIN),
    REPLAY_POLICY("Replay a policy over the ledger", OPERATOR, SECURITY_OFFICER, ADMIN),
    LIST_PROFILES("Certificate profiles", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    SHOW_PROFILE("One certificate profile", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    LIST_AUTHORITIES("The CA's authorities", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    SHOW_AUTHORITY("One authority", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    LIST_CRLS("The CRLs handed out", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    LIST_KEYS("How the CA's keys are kept", OPERATOR, SECURITY_OFFICER, ADMIN),
    REWRAP_KEYS("Wrap keys with the current key-encryption key", SECURITY_OFFICER, ADMIN),
    SHOW_AUTHORITY_READINESS(
            "Whether clients know the root of an issuing CA",
            VIEWER,
            OPERATOR,
            SECURITY_OFFICER,
            ADMIN),
    EXPORT_PENDING_CLIENTS("Those that do not", OPERATOR, SECURITY_OFFICER, ADMIN),
    SHOW_ROTATION("How the rotation stands", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    PREPARE_AUTHORITY("Make an issuing CA", SECURITY_OFFICER, ADMIN),
    PREPARE_ROOT("Make a root and an issuing CA", SECURITY_OFFICER, ADMIN),
    REQUEST_AUTHORITY("Make a certification request of an issuing CA", SECURITY_OFFICER, ADMIN),
    ACCEPT_AUTHORITY("Take the certificate that was signed elsewhere", SECURITY_OFFICER, ADMIN),
    /// Whoever had the key can sign any identity with it, an admin's, too.
    IMPORT_AUTHORITY("Take in a CA with its key", ADMIN),
    ACTIVATE_AUTHORITY("Let an issuing CA sign", SECURITY_OFFICER, ADMIN),
    ROLL_BACK_AUTHORITY("Undo the last activation", SECURITY_OFFICER, ADMIN),
    RETIRE_AUTHORITY("End the use of an authority", SECURITY_OFFICER, ADMIN),
    REVOKE_AUTHORITY("Take trust from an authority", SECURITY_OFFICER, ADMIN),
    SHOW_TRUST_BUNDLE("The trust bundle", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    LIST_FEDERATIONS("Trust domains federated with", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    SHOW_FEDERATION("One of them", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    ADD_FEDERATION("Federate with a trust domain", SECURITY_OFFICER, ADMIN),
    REMOVE_FEDERATION("End a federation", SECURITY_OFFICER, ADMIN),
    LIST_AUDIT_EVENTS("Search the audit trail", SECURITY_OFFICER, ADMIN),
    EXPORT_AUDIT_EVENTS("Export the audit trail", SECURITY_OFFICER, ADMIN),
    LIST_REFUSALS("Search refused requests", SECURITY_OFFICER, ADMIN),
    LIST_REFUSAL_COUNTS("Counted refusals", SECURITY_OFFICER, ADMIN),
    SHOW_SUSPENSION("Whether issuance is suspended", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    SUSPEND_ISSUANCE("Suspend issuance", OPERATOR, SECURITY_OFFICER, ADMIN),
    RESUME_ISSUANCE("Resume issuance", SECURITY_OFFICER, ADMIN),
    PLAN_REISSUE("Whom an order to renew would name", OPERATOR, SECURITY_OFFICER, ADMIN),
    START_REISSUE("Order clients to renew ahead of time", SECURITY_OFFICER, ADMIN),
    LIST_REISSUES("Orders to renew", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    SHOW_REISSUE(
            "One order to renew, with its progress", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    LIST_REISSUE_LEFT("Who has not renewed yet", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    CANCEL_REISSUE("Take an order to renew back", OPERATOR, SECURITY_OFFICER, ADMIN),
    SHOW_RECOVERY("What this CA's record has lost", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    LIST_UNRECORDED_CERTIFICATES(
            "Certificates that are out and not on record",
            VIEWER,
            OPERATOR,
            SECURITY_OFFICER,
            ADMIN),
    ACKNOWLEDGE_RECOVERY("Acknowledge what was lost", SECURITY_OFFICER, ADMIN),
    LIST_APPROVALS("Acts that wait for approval", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    SHOW_APPROVAL("One act that waits", VIEWER, OPERATOR, SECURITY_OFFICER, ADMIN),
    APPROVE("Approve an act", SECURITY_OFFICER, ADMIN),
    REJECT("Reject an act", SECURITY_OFFICER, ADMIN);

    private final String summary;

    @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable set
    private final Set<Role> roles;

    Operation(String summary, Role... roles) {
        this.summary = summary;
        Set<Role> permitted = EnumSet.noneOf(Role.class);
        permitted.addAll(Arrays.asList(roles));
        this.roles = Collections.unmodifiableSet(permitted);
    }

    /// As in the OpenAPI document: `listCertificates`.
    String id() {
        StringBuilder id = new StringBuilder();
        boolean upper = false;
        for (char c : name().toCharArray()) {
            if (c == '_') {
                upper = true;
            } else {
                id.append(upper ? c : Character.toLowerCase(c));
                upper = false;
            }
        }
        return id.toString();
    }

    String summary() {
        return summary;
    }

    /// Who may.
    Set<Role> roles() {
        return roles;
    }

    boolean permits(Set<Role> held) {
        return held.stream().anyMatch(roles::contains);
    }
}
