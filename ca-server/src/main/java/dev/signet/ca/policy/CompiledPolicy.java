package dev.signet.ca.policy;

import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.privilege.Role;
import dev.signet.ca.refusal.RefusalCode;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// A document, compiled, with the built-in rules ahead of it. Immutable; deciding costs some
/// microseconds, at most what [Meter] allows, and waits for nothing.
final class CompiledPolicy implements PolicySnapshot {

    private final String version;
    private final BuiltInRules builtIn;
    private final IdentityBounds bounds;
    private final List<CompiledRule> rules;
    private final RuleIndex index;
    private final List<CertificateProfile> profiles;
    private final List<ProtectedGrant> protectedGrants;
    private final Set<Role> activatorRoles;

    CompiledPolicy(
            String version,
            BuiltInRules builtIn,
            IdentityBounds bounds,
            List<CompiledRule> rules,
            Collection<CertificateProfile> profiles,
            Collection<ProtectedGrant> protectedGrants,
            Set<Role> activatorRoles) {
        this.version = version;
        this.builtIn = builtIn;
        this.bounds = bounds;
        this.rules = List.copyOf(rules);
        this.protectedGrants = List.copyOf(protectedGrants);
        this.activatorRoles = Set.copyOf(activatorRoles);
        this.index = new RuleIndex(this.rules);
        this.profiles =
                profiles.stream().sorted(Comparator.comparing(CertificateProfile::name)).toList();
    }

    @Override
    public List<ProtectedGrant> protectedGrants() {
        return protectedGrants;
    }

    @Override
    public Set<Role> activatorRoles() {
        return activatorRoles;
    }

    @Override
    public List<CertificateProfile> profiles() {
        return profiles;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public boolean mayBlock() {
        return false;
    }

    @Override
    public Decision decide(PolicyRequest request) {
        String builtInRule = builtIn.ruleFor(request);
        if (builtInRule != null) {
            return by(builtInRule, builtIn.decide(request, version, Trace.NONE));
        }
        RequestInput input = new RequestInput(request);
        int number = deciding(input);
        if (number < 0) {
            return none(request);
        }
        CompiledRule rule = rules.get(number);
        Decision decision =
                input.isTooCostly() ? null : rule.decide(input, bounds, version, Trace.NONE);
        return by(
                rule.name(), decision == null || input.isTooCostly() ? tooCostly(rule) : decision);
    }

    /// The rule that decides, or whose condition used up what a decision may cost.
    ///
    /// @return -1: none
    private int deciding(RequestInput input) {
        long[] candidates = index.candidates(input);
        for (int word = 0; word < candidates.length; word++) {
            for (long bits = candidates[word]; bits != 0; bits &= bits - 1) {
                int number = (word << 6) + Long.numberOfTrailingZeros(bits);
                CompiledRule rule = rules.get(number);
                if (rule.decidesOn(rule.condition().test(input)) || input.isTooCostly()) {
                    return number;
                }
            }
        }
        return -1;
    }

    /// Looks at each rule in turn, by the same conditions and grants as [#decide]; only the index
    /// is left out, as a rule that it skips has a verdict, too. Each part is counted by itself, as
    /// this looks at more of them: whether a decision costs too much, [#decide] says. Ends soon
    /// after its thread was interrupted.
    @Override
    public Explanation explain(PolicyRequest request) {
        List<Explanation.Step> steps = new ArrayList<>();
        Trace trace = (part, text) -> steps.add(new Explanation.Step(part, text.get()));
        String builtInRule = builtIn.ruleFor(request);
        if (builtInRule != null) {
            Decision decision = by(builtInRule, builtIn.decide(request, version, trace));
            Explanation.RuleVerdict verdict =
                    new Explanation.RuleVerdict(
                            builtInRule, Explanation.Verdict.DECIDED, List.of());
            return new Explanation(decision, version, builtInRule, List.of(verdict), steps);
        }
        RequestInput input = new RequestInput(request);
        int number = deciding(input);
        List<Explanation.RuleVerdict> verdicts = new ArrayList<>();
        for (CompiledRule rule : number < 0 ? rules : rules.subList(0, number + 1)) {
            Interruption.check();
            verdicts.add(rule.verdict(input));
        }
        if (number < 0) {
            return new Explanation(none(request), version, null, verdicts, steps);
        }
        CompiledRule rule = rules.get(number);
        Decision decision = decide(request);
        if (!isTooCostly(decision)) {
            rule.decide(input.explained(), bounds, version, trace);
        }
        return new Explanation(decision, version, rule.name(), verdicts, steps);
    }

    private static boolean isTooCostly(Decision decision) {
        return decision instanceof Decision.Denied denied
                && denied.refusal().code() == RefusalCode.POLICY_TOO_COSTLY;
    }

    private Decision tooCostly(CompiledRule rule) {
        return new Decision.Denied(Refusals.tooCostly(rule.name(), version));
    }

    private static Decision by(String rule, Decision decision) {
        return decision instanceof Decision.Denied denied ? denied.by(rule) : decision;
    }

    private Decision none(PolicyRequest request) {
        return new Decision.Denied(
                Refusals.denied(
                        "no rule of policy "
                                + version
                                + " is for this "
                                + request.evidenceKind().text()
                                + " evidence"));
    }
}
