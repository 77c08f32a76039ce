package dev.signet.ca.rotation;

import dev.signet.ca.authority.AuthorityDescription;
import dev.signet.ca.certificate.Validity;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is to be done next so that no authority ends before another has taken its place. Follows
/// from the states and dates alone, so that every replica finds the same.
final class RotationPlan {

    /// A prepared issuing CA waits before it signs, so that software which reads CRLs from files
    /// has fetched its CRL by then; a hundredth of its life, and at most:
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    private RotationPlan() {}

    /// The next thing to do.
    sealed interface Step {
        record PrepareIssuing(String rootId) implements Step {}

        record PrepareRoot() implements Step {}

        record Activate(String id) implements Step {}

        /// Something is due that only an operator can do.
        record AskOperator(String what) implements Step {}
    }

    /// What to try, the first that succeeds being the step that is taken.
    ///
    /// @param whenLeft the share of its life at which the next one is due
    static List<Step> next(List<AuthorityDescription> all, Instant now, double whenLeft) {
        Optional<AuthorityDescription> active = active("issuing", all);
        if (active.isEmpty()) {
            return List.of(
                    new Step.AskOperator("no issuing CA is active: prepare and activate one"));
        }
        AuthorityDescription issuing = active.get();
        AuthorityDescription root = root(issuing, all);
        List<Step> steps = new ArrayList<>();
        double latest = whenLeft;
        if (left(root, now) <= whenLeft) {
            steps.add(ofRoot(issuing, root, all, now, whenLeft));
            // Clients that do not learn the new root must not keep the old one from working.
            latest = (whenLeft + RotationSettings.OVERDUE_WHEN_LEFT) / 2;
        }
        if (left(issuing, now) <= latest) {
            ofIssuing(issuing, root, all, now).ifPresent(steps::add);
        }
        return steps;
    }

    private static Step ofRoot(
            AuthorityDescription issuing,
            AuthorityDescription root,
            List<AuthorityDescription> all,
            Instant now,
            double whenLeft) {
        List<AuthorityDescription> newer =
                all.stream()
                        .filter(authority -> authority.role().equals("root"))
                        .filter(authority -> authority.state().equals("prepared"))
                        .filter(authority -> left(authority, now) > whenLeft)
                        .toList();
        for (AuthorityDescription next : newer) {
            Optional<AuthorityDescription> under = prepared(all, next, now);
            if (under.isPresent()) {
                return new Step.Activate(under.get().id());
            }
            if (next.keyHere()) {
                return new Step.PrepareIssuing(next.id());
            }
        }
        return root.keyHere()
                ? new Step.PrepareRoot()
                : new Step.AskOperator(
                        "root "
                                + root.id()
                                + ", whose key is not here, ends at "
                                + root.validity().notAfter()
                                + ", and what signs, "
                                + issuing.id()
                                + ", with it: bring an issuing CA under another root");
    }

    private static Optional<Step> ofIssuing(
            AuthorityDescription issuing,
            AuthorityDescription root,
            List<AuthorityDescription> all,
            Instant now) {
        Optional<AuthorityDescription> next =
                all.stream()
                        .filter(authority -> authority.role().equals("issuing"))
                        .filter(authority -> authority.state().equals("prepared"))
                        .filter(AuthorityDescription::keyHere)
                        .filter(authority -> root(authority, all).id().equals(root.id()))
                        .filter(authority -> lastsLonger(authority, issuing))
                        .findFirst();
        if (next.isPresent()) {
            boolean overdue = left(issuing, now) <= RotationSettings.OVERDUE_WHEN_LEFT;
            return overdue || hasWaited(next.get(), now)
                    ? Optional.of(new Step.Activate(next.get().id()))
                    : Optional.empty();
        }
        if (!root.validity().notAfter().isAfter(issuing.validity().notAfter())) {
            // Under a root that ends with it there is nothing to gain.
            return root.keyHere() ? Optional.of(new Step.PrepareRoot()) : Optional.empty();
        }
        return Optional.of(
                root.keyHere()
                        ? new Step.PrepareIssuing(root.id())
                        : new Step.AskOperator(
                                "issuing CA "
                                        + issuing.id()
                                        + " ends at "
                                        + issuing.validity().notAfter()
                                        + " and the key of its root is not here: make a"
                                        + " certification request and have it signed"));
    }

    private static Optional<AuthorityDescription> prepared(
            List<AuthorityDescription> all, AuthorityDescription root, Instant now) {
        return all.stream()
                .filter(authority -> authority.role().equals("issuing"))
                .filter(authority -> authority.state().equals("prepared"))
                .filter(AuthorityDescription::keyHere)
                .filter(authority -> root(authority, all).id().equals(root.id()))
                .filter(authority -> left(authority, now) > RotationSettings.OVERDUE_WHEN_LEFT)
                .findFirst();
    }

    private static boolean hasWaited(AuthorityDescription prepared, Instant now) {
        Validity validity = prepared.validity();
        Duration wait = validity.lifetime().dividedBy(100);
        return !now.isBefore(
                validity.notBefore().plus(wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT));
    }

    private static boolean lastsLonger(AuthorityDescription one, AuthorityDescription other) {
        return one.validity().notAfter().isAfter(other.validity().notAfter());
    }

    static Optional<AuthorityDescription> active(String role, List<AuthorityDescription> all) {
        return all.stream()
                .filter(authority -> authority.role().equals(role))
                .filter(authority -> authority.state().equals("active"))
                .findFirst();
    }

    static AuthorityDescription root(
            AuthorityDescription authority, List<AuthorityDescription> all) {
        AuthorityDescription next = authority;
        while (next.issuerId() != null) {
            String above = next.issuerId();
            next = all.stream().filter(other -> other.id().equals(above)).findFirst().orElseThrow();
        }
        return next;
    }

    /// Share of its life that is left: 1 to 0, negative after its end.
    static double left(AuthorityDescription authority, Instant now) {
        Validity validity = authority.validity();
        Duration left = Duration.between(now, validity.notAfter().plusSeconds(1));
        return (double) left.toMillis() / validity.lifetime().toMillis();
    }
}
