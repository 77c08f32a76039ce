package dev.signet.ca.policy;

import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import java.util.List;
import java.util.Optional;

/// Where a rule takes the SPIFFE ID from. Immutable; what comes out still has to pass
/// [IdentityBounds].
sealed interface IdentityGrant {

    Outcome of(RequestInput input, TrustDomain trustDomain);

    sealed interface Outcome {
        /// @param how a clause for the operator
        record Found(SpiffeId id, String how) implements Outcome {}

        record None(Refusal refusal) implements Outcome {}
    }

    /// The template's one ID.
    record Made(Template template) implements IdentityGrant {
        private static final String SCHEME = "spiffe://";

        @Override
        public Outcome of(RequestInput input, TrustDomain trustDomain) {
            return switch (template.render(input, trustDomain, IdentityGrant::isOfSegment)) {
                case Template.Rendered.Text(String text) -> id(text, trustDomain);
                case Template.Rendered.Refused(String why) ->
                        new Outcome.None(
                                Refusals.denied("the template makes no SPIFFE ID: " + why));
            };
        }

        private static Outcome id(String text, TrustDomain trustDomain) {
            // The compiler has checked that this is what the text begins with.
            int path = SCHEME.length() + trustDomain.name().length();
            try {
                return new Outcome.Found(
                        new SpiffeId(trustDomain, text.substring(path)), "from the template");
            } catch (IllegalArgumentException e) {
                return new Outcome.None(
                        Refusals.denied("the template makes no SPIFFE ID: " + e.getMessage()));
            }
        }
    }

    /// The ID that the evidence is bound to; of a pattern, the requested one.
    record OfEvidence() implements IdentityGrant {
        @Override
        public Outcome of(RequestInput input, TrustDomain trustDomain) {
            SpiffeIdPattern bound = input.request().bound();
            if (bound == null) {
                return new Outcome.None(Refusals.denied("the evidence is bound to no SPIFFE ID"));
            }
            Optional<SpiffeId> exact = bound.exact();
            if (exact.isPresent()) {
                return new Outcome.Found(exact.get(), "the one that the evidence is bound to");
            }
            if (input.request().evidenceKind() == EvidenceKind.CURRENT_CERTIFICATE) {
                return new Outcome.None(
                        Refusals.denied("the current certificate is bound to no single ID"));
            }
            SpiffeId requested = input.request().requested().spiffeId();
            if (requested == null) {
                return new Outcome.None(
                        Refusal.of(
                                RefusalCode.IDENTITY_NOT_GRANTED,
                                "The evidence is bound to a pattern of SPIFFE IDs. Name the requested"
                                        + " ID in the request."));
            }
            if (!bound.matches(requested)) {
                return new Outcome.None(
                        Refusal.withDiagnosis(
                                RefusalCode.IDENTITY_NOT_GRANTED,
                                "The requested SPIFFE ID does not match the pattern that the evidence"
                                        + " is bound to.",
                                "the evidence is bound to " + bound));
            }
            return new Outcome.Found(requested, "the requested one, which matches " + bound);
        }
    }

    /// Whatever ID of the trust domain the caller requests; the rule's condition has chosen.
    record OfRequest() implements IdentityGrant {
        @Override
        public Outcome of(RequestInput input, TrustDomain trustDomain) {
            SpiffeId requested = input.request().requested().spiffeId();
            return requested == null
                    ? new Outcome.None(nameIt())
                    : new Outcome.Found(requested, "the requested one");
        }
    }

    /// The requested ID, if one of the patterns fits.
    record OneOf(List<SegmentPattern> patterns) implements IdentityGrant {
        public OneOf {
            patterns = List.copyOf(patterns);
        }

        @Override
        public Outcome of(RequestInput input, TrustDomain trustDomain) {
            SpiffeId requested = input.request().requested().spiffeId();
            if (requested == null) {
                return new Outcome.None(nameIt());
            }
            if (requested.trustDomain().equals(trustDomain)) {
                for (SegmentPattern pattern : patterns) {
                    if (pattern.matches(requested.path(), input, trustDomain)) {
                        return new Outcome.Found(
                                requested, "the requested one, which matches " + pattern.text());
                    }
                }
            }
            return new Outcome.None(
                    Refusal.withDiagnosis(
                            RefusalCode.IDENTITY_NOT_GRANTED,
                            "The requested SPIFFE ID is not one that the evidence entitles to.",
                            "it matches none of the rule's patterns"));
        }
    }

    private static Refusal nameIt() {
        return Refusal.of(
                RefusalCode.IDENTITY_NOT_GRANTED,
                "Policy leaves the choice among several SPIFFE IDs. Name the requested ID in the"
                        + " request.");
    }

    /// Never a slash: a value fills a segment or a part of one.
    static boolean isOfSegment(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '-'
                || c == '_';
    }
}
