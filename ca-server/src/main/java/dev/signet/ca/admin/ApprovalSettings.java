package dev.signet.ca.admin;

import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/// Settings under `signet.approval`: which acts wait for a second person. An instance that exists
/// is usable.
///
/// @param fourEyes acts that one person proposes and another one approves: `policy.activate` (a
///   rollback is one, too), `issuance.resume`, `revocation.bulk`, `block.release`,
///   `authority.activate`, `authority.revoke`; none unless set. A suspension and a block never wait
/// @param timeToLive how long a proposal can be approved, 1 min to 31 days
public record ApprovalSettings(List<String> fourEyes, @DefaultValue("24h") Duration timeToLive) {

    static final String POLICY_ACTIVATE = "policy.activate";
    static final String RESUME = "issuance.resume";
    static final String REVOCATION_BULK = "revocation.bulk";
    static final String BLOCK_RELEASE = "block.release";
    static final String AUTHORITY_ACTIVATE = "authority.activate";
    static final String AUTHORITY_REVOKE = "authority.revoke";

    private static final Set<String> ACTS =
            Set.of(
                    POLICY_ACTIVATE,
                    RESUME,
                    REVOCATION_BULK,
                    BLOCK_RELEASE,
                    AUTHORITY_ACTIVATE,
                    AUTHORITY_REVOKE);

    /// @throws IllegalArgumentException when a value is none; the message names it
    public ApprovalSettings {
        fourEyes = fourEyes == null ? List.of() : List.copyOf(fourEyes);
        for (String act : fourEyes) {
            if (!ACTS.contains(act)) {
                throw new IllegalArgumentException(
                        "signet.approval.four-eyes: "
                                + act
                                + " (expected: "
                                + POLICY_ACTIVATE
                                + ", "
                                + RESUME
                                + ", "
                                + REVOCATION_BULK
                                + ", "
                                + BLOCK_RELEASE
                                + ", "
                                + AUTHORITY_ACTIVATE
                                + ", "
                                + AUTHORITY_REVOKE
                                + ")");
            }
        }
        if (timeToLive.compareTo(Duration.ofMinutes(1)) < 0
                || timeToLive.compareTo(Duration.ofDays(31)) > 0) {
            throw new IllegalArgumentException(
                    "signet.approval.time-to-live: "
                            + timeToLive
                            + " (expected: 1 min to 31 days)");
        }
    }

    public static ApprovalSettings defaults() {
        return new ApprovalSettings(List.of(), Duration.ofHours(24));
    }

    boolean needsSecondPerson(String act) {
        return fourEyes.contains(act);
    }
}
