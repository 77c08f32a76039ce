package dev.signet.ca.policy;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// A policy document as it is written: the right keys in the right places, values not looked at
/// yet. Null stands for what the author left out. Immutable.
record PolicyDocument(
        @Nullable Scalar description, Defaults defaults, List<Profile> profiles, List<Rule> rules) {

    PolicyDocument {
        profiles = List.copyOf(profiles);
        rules = List.copyOf(rules);
    }

    record Defaults(Lifetime lifetime, @Nullable List<Scalar> keyTypes, @Nullable Scalar profile) {
        static final Defaults NONE = new Defaults(Lifetime.NONE, null, null);
    }

    record Profile(
            Position at,
            Scalar name,
            @Nullable Scalar version,
            @Nullable Scalar backdate,
            @Nullable List<Scalar> keyUsages,
            @Nullable List<Scalar> extendedKeyUsages,
            @Nullable Authority authority,
            @Nullable Scalar revocation,
            @Nullable Scalar spiffeId) {}

    record Authority(
            Position at,
            @Nullable Scalar pathLength,
            @Nullable List<Scalar> permittedDnsDomains,
            @Nullable Scalar unconstrained) {}

    /// Exactly one of `deny` and `grant` is there.
    ///
    /// @param when null: always
    record Rule(
            Position at,
            Scalar name,
            @Nullable Scalar description,
            @Nullable Scalar when,
            @Nullable Scalar deny,
            @Nullable Grant grant) {}

    /// Either `spiffeId` or `oneOf` is there; `subject` is empty where `subjectRequested` is there.
    record Grant(
            Position at,
            @Nullable Scalar spiffeId,
            List<Scalar> oneOf,
            Names names,
            List<SubjectPart> subject,
            @Nullable Scalar subjectRequested,
            @Nullable List<Scalar> keyTypes,
            Lifetime lifetime,
            @Nullable Scalar profile,
            @Nullable List<Scalar> keyUsages,
            @Nullable List<Scalar> extendedKeyUsages,
            @Nullable Scalar usages,
            @Nullable Limit rateLimit) {}

    record Names(
            List<Name> dns, List<Name> ip, List<Name> email, List<Name> uri, List<Name> other) {
        static final Names NONE = new Names(List.of(), List.of(), List.of(), List.of(), List.of());
    }

    /// What a name may be: a pattern, exactly one name, or a condition over `name`.
    ///
    /// @param wildcards with a condition over DNS names only
    record Name(Form form, Scalar text, @Nullable Scalar wildcards) {
        enum Form {
            PATTERN,
            EXACT,
            WHEN
        }
    }

    record SubjectPart(Scalar type, Scalar value) {}

    record Lifetime(@Nullable Scalar usual, @Nullable Scalar max, @Nullable Scalar min) {
        static final Lifetime NONE = new Lifetime(null, null, null);
    }

    record Limit(Position at, Scalar issuances, Scalar period, @Nullable Scalar per) {}
}
