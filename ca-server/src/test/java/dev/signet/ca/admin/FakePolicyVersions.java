package dev.signet.ca.admin;

import dev.signet.ca.policy.PolicyFinding;
import dev.signet.ca.policy.PolicyLanguage;
import dev.signet.ca.policy.PolicyVersions;
import dev.signet.ca.policy.ProtectedGrant;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Versions in memory: a document that says `wrong` is not accepted. Knows no transactions.
final class FakePolicyVersions implements PolicyVersions {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    final List<Version> versions = new ArrayList<>();
    List<ProtectedGrant> protectedGrants = List.of();
    final List<Active> activations = new ArrayList<>();

    @Override
    public PolicyLanguage.Reading validate(String document) {
        throw new UnsupportedOperationException();
    }

    @Override
    public WriteOutcome write(String document, Author author, String reason) {
        if (document.contains("wrong")) {
            return new WriteOutcome.NotAccepted(
                    List.of(
                            new PolicyFinding(PolicyFinding.Severity.WARNING, 1, 1, "careful"),
                            new PolicyFinding(PolicyFinding.Severity.ERROR, 3, 7, "no such rule"),
                            new PolicyFinding(PolicyFinding.Severity.ERROR, 9, 1, "nor this")));
        }
        Version version = new Version(versions.size() + 1L, document, "00", author, reason, NOW);
        versions.add(version);
        return new WriteOutcome.Written(version, List.of());
    }

    @Override
    public Optional<Version> find(long number) {
        return versions.stream().filter(version -> version.number() == number).findFirst();
    }

    @Override
    public List<Version> list(int limit, Long before) {
        return versions;
    }

    @Override
    public Active active() {
        return activations.isEmpty() ? new Active(0, 0, null, "", null) : activations.getLast();
    }

    @Override
    public Optional<Long> previous() {
        return switch (activations.size()) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(0L);
            default -> Optional.of(activations.get(activations.size() - 2).number());
        };
    }

    @Override
    public ActivateOutcome activate(long number, Long expected, Author actor, String reason) {
        if (expected != null && expected != active().activation()) {
            return new ActivateOutcome.Changed();
        }
        if (number != 0 && find(number).isEmpty()) {
            return new ActivateOutcome.NoSuchVersion();
        }
        Active active = new Active(active().activation() + 1, number, actor, reason, NOW);
        activations.add(active);
        return new ActivateOutcome.Activated(active);
    }

    @Override
    public List<ProtectedGrant> protectedGrants(long number) {
        return protectedGrants;
    }

    @Override
    public ActivateOutcome rollBack(Long expected, Author actor, String reason) {
        throw new UnsupportedOperationException();
    }
}
