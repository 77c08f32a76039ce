package dev.signet.ca.policy;

import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.DistinguishedName;
import dev.signet.ca.certificate.EncodedName;
import dev.signet.ca.certificate.PublicKeyType;
import dev.signet.ca.certificate.SubjectName;
import dev.signet.ca.identity.Ascii;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// What a rule gives to those that it is for: all that they request, or a refusal; never less than
/// they request. Immutable.
record Grant(
        IdentityGrant identity,
        NameGrants names,
        List<SubjectPart> subject,
        boolean subjectRequested,
        Lifetimes lifetimes,
        CertificateProfile profile,
        UsageGrant usages,
        Set<PublicKeyType> keyTypes,
        @Nullable RateLimit rateLimit) {

    record SubjectPart(SubjectName.Type type, Template value) {}

    /// @param usual for those who name none
    record Lifetimes(Duration usual, Duration least, Duration most) {}

    Grant {
        subject = List.copyOf(subject);
        keyTypes = Set.copyOf(keyTypes);
    }

    Decision decide(
            RequestInput input, IdentityBounds bounds, String version, String rule, Trace trace) {
        TrustDomain trustDomain = bounds.trustDomain();
        SpiffeId id;
        switch (identity.of(input, trustDomain)) {
            case IdentityGrant.Outcome.None(Refusal refusal) -> {
                return new Decision.Denied(refusal);
            }
            case IdentityGrant.Outcome.Found(SpiffeId found, String how) -> {
                trace.step("spiffeId", () -> found + ", " + how);
                id = found;
            }
        }
        Decision decision = decide(id, input, bounds, version, rule, trace);
        return decision instanceof Decision.Denied denied ? denied.to(id) : decision;
    }

    private Decision decide(
            SpiffeId id,
            RequestInput input,
            IdentityBounds bounds,
            String version,
            String rule,
            Trace trace) {
        TrustDomain trustDomain = bounds.trustDomain();
        String objection = bounds.objection(id, input.request());
        if (objection != null) {
            trace.step("spiffeId", () -> "refused: the rule " + objection);
            return new Decision.Denied(Refusals.denied("rule " + rule + " " + objection));
        }
        SpiffeId requestedId = input.request().requested().spiffeId();
        if (requestedId != null && !requestedId.equals(id)) {
            return new Decision.Denied(Refusals.otherIdentity("rule " + rule + " grants " + id));
        }
        String requestedProfile = input.request().requested().profile();
        if (requestedProfile != null && !requestedProfile.equals(profile.name())) {
            return new Decision.Denied(Refusals.otherProfile(requestedProfile, profile.name()));
        }
        boolean authority = profile.authority() != null;
        RequestedAttributes certificate = input.request().requested().certificate();
        if (certificate != null && certificate.certificateAuthority() != authority) {
            return new Decision.Denied(
                    Refusals.notOfThatKind(certificate.certificateAuthority(), profile.name()));
        }
        trace.step("profile", profile::name);
        Refusal name = names.objection(input, trustDomain, trace);
        if (name != null) {
            return new Decision.Denied(name);
        }
        Duration requested = input.request().requested().lifetime();
        Duration lifetime =
                requested == null ? lifetimes.usual() : Duration.ofSeconds(requested.toSeconds());
        trace.step(
                "lifetime",
                () ->
                        lifetime.toSeconds()
                                + " s, "
                                + (requested == null ? "the rule's default" : "as requested")
                                + "; "
                                + lifetimes.least().toSeconds()
                                + " to "
                                + lifetimes.most().toSeconds()
                                + " s are allowed");
        if (lifetime.compareTo(lifetimes.least()) < 0 || lifetime.compareTo(lifetimes.most()) > 0) {
            return new Decision.Denied(Refusals.lifetime(lifetimes.least(), lifetimes.most()));
        }
        DistinguishedName subjectName;
        switch (subject(input, trustDomain)) {
            case Subject.Unfilled(String why) -> {
                return new Decision.Denied(
                        Refusals.denied("rule " + rule + " makes no subject: " + why));
            }
            case Subject.Made(SubjectName made) -> subjectName = made;
        }
        EncodedName requestedSubject = certificate == null ? null : certificate.subject();
        if (requestedSubject != null) {
            if (!subjectRequested && !Arrays.equals(requestedSubject.der(), subjectName.der())) {
                return new Decision.Denied(
                        Refusals.subjectNotGranted(
                                "rule "
                                        + rule
                                        + " makes the subject \""
                                        + subjectName.text()
                                        + '"'));
            }
            Refusal email = emailObjection(requestedSubject, input.request().requested().names());
            if (email != null) {
                return new Decision.Denied(email);
            }
            subjectName = requestedSubject;
        }
        boolean isNameless =
                !profile.writesIdentity() && input.request().requested().names().isEmpty();
        if (subjectName.isEmpty() && (authority || isNameless)) {
            return new Decision.Denied(Refusals.subjectMissing(authority));
        }
        if (!subjectName.isEmpty()) {
            trace.step("subject", subjectName::text);
        }
        UsageGrant.Outcome.Given given;
        switch (usages.of(certificate, profile)) {
            case UsageGrant.Outcome.None(Refusal refusal) -> {
                return new Decision.Denied(refusal);
            }
            case UsageGrant.Outcome.Given found -> given = found;
        }
        if (certificate != null) {
            trace.step(
                    "usages",
                    () ->
                            Values.keyUsages(given.keyUsages())
                                    + " "
                                    + given.extendedKeyUsages().stream()
                                            .map(Values::extendedKeyUsage)
                                            .toList());
        }
        return new Decision.Granted(
                id,
                input.request().requested().names(),
                subjectName,
                lifetime,
                profile,
                given.keyUsages(),
                given.extendedKeyUsages(),
                keyTypes,
                rateLimit,
                version,
                rule);
    }

    /// An address in the subject is one in the names, too: verifiers and name constraints look
    /// there (RFC 5280 4.1.2.6).
    private static @Nullable Refusal emailObjection(EncodedName subject, AlternativeNames names) {
        for (String address : subject.emailAddresses()) {
            int at = address.lastIndexOf('@');
            // The host is in lower case there; the local part's case counts.
            String named =
                    at < 0
                            ? address
                            : address.substring(0, at) + Ascii.lowerCase(address.substring(at));
            if (!names.emailAddresses().contains(named)) {
                return Refusals.emailNotNamed(address);
            }
        }
        return null;
    }

    private Subject subject(RequestInput input, TrustDomain trustDomain) {
        List<SubjectName.Attribute> attributes = new ArrayList<>();
        for (SubjectPart part : subject) {
            switch (part.value().render(input, trustDomain, _ -> true)) {
                case Template.Rendered.Refused(String why) -> {
                    return new Subject.Unfilled(why);
                }
                case Template.Rendered.Text(String text) -> {
                    try {
                        attributes.add(new SubjectName.Attribute(part.type(), text));
                    } catch (IllegalArgumentException e) {
                        return new Subject.Unfilled(String.valueOf(e.getMessage()));
                    }
                }
            }
        }
        return new Subject.Made(new SubjectName(attributes));
    }

    private sealed interface Subject {
        record Made(SubjectName name) implements Subject {}

        record Unfilled(String why) implements Subject {}
    }
}
