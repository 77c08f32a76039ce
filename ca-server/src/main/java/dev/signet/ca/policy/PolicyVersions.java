package dev.signet.ca.policy;

import dev.signet.ca.privilege.Role;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The policy documents on record, and which of them is in force. A version is written once and
/// never changes; putting it in force is another act, which every replica follows within a second.
/// Number 0 is the policy that is built into the server: always there, in force until another one
/// is.
///
/// Thread-safe. Joins the caller's transaction (`TransactionOperations`) where there is one; every
/// call but [#validate] blocks on PostgreSQL, for 5 s at most.
///
/// Each of those throws [dev.signet.ca.ledger.LedgerUnavailableException] when PostgreSQL did not
/// confirm. What checks a document throws [PolicyWorkException] when that was not done in time.
public interface PolicyVersions {

    /// Bounds of a reason, in characters; one that is out of them is an IllegalArgumentException.
    int MAX_REASON_LENGTH = 1_024;

    /// Checks a document and writes nothing.
    PolicyLanguage.Reading validate(String document);

    /// Puts a document on record that [#validate] accepts. It is not in force thereby.
    ///
    /// @param reason 1 to 1,024 characters
    WriteOutcome write(String document, Author author, String reason);

    /// @return with its document; empty: there is none
    Optional<Version> find(long number);

    /// Versions, the youngest first, without their documents; 0 is not among them.
    ///
    /// @param limit 1 to 1,000
    /// @param before only those with a lesser number; null: from the youngest
    List<Version> list(int limit, @Nullable Long before);

    /// What is in force by the newest activation on record, whether or not this replica follows it
    /// yet.
    Active active();

    /// The version that was in force before the present activation; empty: there is none before.
    Optional<Long> previous();

    /// Puts a version in force.
    ///
    /// @param number 0: the built-in one
    /// @param expected the activation that the actor has seen in force; null: any
    /// @param reason 1 to 1,024 characters
    ActivateOutcome activate(long number, @Nullable Long expected, Author actor, String reason);

    /// Puts back in force what was before the present activation.
    ///
    /// @param expected as in [#activate]
    ActivateOutcome rollBack(@Nullable Long expected, Author actor, String reason);

    /// What the version can grant that carries roles of the admin API: whoever puts it in force has
    /// to hold them. Empty where there is no such version, or this server does not accept it.
    List<ProtectedGrant> protectedGrants(long number);

    /// Who writes or activates.
    ///
    /// @param kind how it proved itself, at most 32 characters
    /// @param subject whom that names, at most 2,048 characters
    /// @param roles of the admin API of the person who does it; kept with an activation
    record Author(String kind, String subject, Set<Role> roles) {
        public Author {
            roles = Set.copyOf(roles);
        }

        /// Without roles.
        public Author(String kind, String subject) {
            this(kind, subject, Set.of());
        }
    }

    /// @param number from 1; 0 for the built-in one
    /// @param document YAML; null in a list
    /// @param sha256 of the document in UTF-8, 64 hexadecimal digits
    /// @param author null for the built-in one
    /// @param createdAt null for the built-in one
    record Version(
            long number,
            @Nullable String document,
            String sha256,
            @Nullable Author author,
            String reason,
            @Nullable Instant createdAt) {}

    /// @param activation grows with each; 0: nothing was ever activated
    /// @param number the version in force
    /// @param actor null where nothing was ever activated
    /// @param activatedAt null where nothing was ever activated
    record Active(
            long activation,
            long number,
            @Nullable Author actor,
            String reason,
            @Nullable Instant activatedAt) {}

    /// What became of [#write].
    sealed interface WriteOutcome {
        /// @param findings warnings
        record Written(Version version, List<PolicyFinding> findings) implements WriteOutcome {
            public Written {
                findings = List.copyOf(findings);
            }
        }

        /// @param findings at least one error
        record NotAccepted(List<PolicyFinding> findings) implements WriteOutcome {
            public NotAccepted {
                findings = List.copyOf(findings);
            }
        }
    }

    /// What became of [#activate] and [#rollBack].
    sealed interface ActivateOutcome {
        record Activated(Active active) implements ActivateOutcome {}

        /// Somebody else was faster, or the actor has seen an old state. Nothing was written. In a
        /// transaction of the caller's, that one can only be rolled back.
        record Changed() implements ActivateOutcome {}

        /// There is no such version, or none to roll back to.
        record NoSuchVersion() implements ActivateOutcome {}

        /// This server does not accept the document any more, or not yet.
        record NotAccepted(List<PolicyFinding> findings) implements ActivateOutcome {
            public NotAccepted {
                findings = List.copyOf(findings);
            }
        }
    }
}
