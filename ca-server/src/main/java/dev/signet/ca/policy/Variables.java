package dev.signet.ca.policy;

import java.util.List;

/// The names of what a condition can ask for.
final class Variables {

    static final String KIND = "evidence.kind";
    static final String SUBJECT = "evidence.subject";
    static final String BOUND = "evidence.spiffeId";
    static final String ATTRIBUTES = "attributes";
    static final String REQUESTED_ID = "request.spiffeId";
    static final String REQUESTED_PROFILE = "request.profile";
    static final String REQUESTED_SUBJECT = "request.subject";
    static final String REQUESTED_COMMON_NAME = "request.commonName";
    static final String REQUESTED_AUTHORITY = "request.certificateAuthority";
    static final String LIFETIME = "request.lifetimeSeconds";
    static final String DNS_NAMES = "request.dnsNames";
    static final String IP_ADDRESSES = "request.ipAddresses";
    static final String EMAIL_ADDRESSES = "request.emailAddresses";
    static final String URIS = "request.uris";
    static final String OTHER_NAMES = "request.otherNames";
    static final String KEY_USAGES = "request.keyUsages";
    static final String EXTENDED_KEY_USAGES = "request.extendedKeyUsages";

    /// The requested name that is judged; in conditions of names only.
    static final String NAME = "name";

    static final List<String> TEXTS =
            List.of(
                    KIND,
                    SUBJECT,
                    BOUND,
                    REQUESTED_ID,
                    REQUESTED_PROFILE,
                    REQUESTED_SUBJECT,
                    REQUESTED_COMMON_NAME);
    static final List<String> LISTS =
            List.of(
                    DNS_NAMES,
                    IP_ADDRESSES,
                    EMAIL_ADDRESSES,
                    URIS,
                    OTHER_NAMES,
                    KEY_USAGES,
                    EXTENDED_KEY_USAGES);

    private Variables() {}
}
