package dev.signet.ca.policy;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import java.time.Duration;
import java.util.Map;

/// What policy says to those who get nothing. The caller learns that, the operator's log why.
final class Refusals {

    private Refusals() {}

    static Refusal denied(String diagnosis) {
        return Refusal.withDiagnosis(
                RefusalCode.POLICY_DENIED,
                "Policy grants no certificate to this evidence. Ask the operator of the CA.",
                diagnosis);
    }

    static Refusal tooCostly(String rule, String version) {
        return Refusal.withDiagnosis(
                RefusalCode.POLICY_TOO_COSTLY,
                "The decision on this request costs more than the CA allows. Ask for fewer or"
                        + " shorter names; tell the operator of the CA.",
                "rule "
                        + rule
                        + " of policy "
                        + version
                        + " and those before it cost more than "
                        + Meter.MAX_STEPS
                        + " steps for this request; take smaller patterns or shorter loops");
    }

    static Refusal otherIdentity(String diagnosis) {
        return Refusal.withDiagnosis(
                RefusalCode.IDENTITY_NOT_GRANTED,
                "The requested SPIFFE ID is not the one that the evidence entitles to. Leave it out to"
                        + " get that one.",
                diagnosis);
    }

    static Refusal otherProfile(String requested, String granted) {
        return Refusal.withDiagnosis(
                RefusalCode.PROFILE_NOT_GRANTED,
                "The requested profile is not the one that the evidence entitles to. Leave it out to"
                        + " get that one.",
                "requested " + Texts.quoted(requested) + ", the rule grants " + granted);
    }

    static Refusal notOfThatKind(boolean certificateAuthority, String granted) {
        return Refusal.withDiagnosis(
                RefusalCode.PROFILE_NOT_GRANTED,
                certificateAuthority
                        ? "The evidence does not entitle to an intermediate CA's certificate."
                        : "The evidence entitles to an intermediate CA's certificate alone, which"
                                + " was not requested.",
                "the rule grants " + granted);
    }

    static Refusal subjectNotGranted(String diagnosis) {
        return Refusal.withDiagnosis(
                RefusalCode.SUBJECT_NOT_GRANTED,
                "The requested subject is not one that the evidence entitles to. Leave it out to get"
                        + " that one.",
                diagnosis);
    }

    static Refusal emailNotNamed(String address) {
        return Refusal.of(
                RefusalCode.SUBJECT_NOT_GRANTED,
                "The requested subject has emailAddress "
                        + Texts.quoted(address)
                        + ", which is not among the requested e-mail addresses (RFC 5280 4.1.2.6)."
                        + " Request it there, too, or leave it out of the subject.");
    }

    static Refusal subjectMissing(boolean authority) {
        return Refusal.of(
                RefusalCode.SUBJECT_NOT_GRANTED,
                authority
                        ? "A CA's certificate needs a subject (RFC 5280 4.1.2.6)."
                        : "The certificate would have neither a subject nor a name. RequestedCertificate one of"
                                + " them.");
    }

    static Refusal usageNotGranted(String what) {
        return Refusal.of(
                RefusalCode.USAGE_NOT_GRANTED,
                "The requested "
                        + what
                        + " are not what the evidence entitles to. Leave them out to get that.");
    }

    static Refusal usagesNotTogether(String objection) {
        return Refusal.of(
                RefusalCode.USAGE_NOT_GRANTED,
                "No certificate can have the requested usages: " + objection + ".");
    }

    static Refusal nameNotGranted(String kind, String name, String diagnosis) {
        return new Refusal(
                RefusalCode.NAME_NOT_GRANTED,
                "A requested name is not one that the evidence entitles to: "
                        + kind
                        + " "
                        + name
                        + ".",
                diagnosis,
                null,
                Map.of("name", name));
    }

    static Refusal lifetime(Duration least, Duration most) {
        return new Refusal(
                RefusalCode.LIFETIME_NOT_GRANTED,
                "The requested lifetime is out of bounds (expected: "
                        + least.toSeconds()
                        + " to "
                        + most.toSeconds()
                        + " s, or none for the default).",
                "",
                null,
                Map.of(
                        "minLifetimeSeconds", Long.toString(least.toSeconds()),
                        "maxLifetimeSeconds", Long.toString(most.toSeconds())));
    }
}
