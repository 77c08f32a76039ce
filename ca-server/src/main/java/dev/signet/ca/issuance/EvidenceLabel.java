package dev.signet.ca.issuance;

import dev.signet.ca.attestation.Evidence;

/// What a request showed, before anything of it was checked: a label for counts.
enum EvidenceLabel {
    BEARER_TOKEN("bearer-token"),
    JOIN_TOKEN("join-token"),
    CURRENT_CERTIFICATE("current-certificate"),
    REGISTRATION_AUTHORITY("registration-authority"),
    SERVER("server");

    private final String text;

    EvidenceLabel(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    static EvidenceLabel of(Evidence evidence) {
        return switch (evidence) {
            case Evidence.BearerToken _ -> BEARER_TOKEN;
            case Evidence.JoinToken _ -> JOIN_TOKEN;
            case Evidence.CurrentCertificate _ -> CURRENT_CERTIFICATE;
            case Evidence.RegistrationAuthority _ -> REGISTRATION_AUTHORITY;
            case Evidence.ThisServer _ -> SERVER;
        };
    }
}
