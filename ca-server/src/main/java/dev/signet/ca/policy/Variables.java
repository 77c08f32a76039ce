package dev.signet.ca.policy;

import java.util.List;

/// The names of what a condition can ask for.
final class Variables {

    static final String KIND = "evidence.kind";
    static final String SUBJECT = "evidence.subject";
    static final String BOUND = "evidence.spiffeId";
    static final String ATTRIBUTES = "attributes";
    static final String WISHED_ID = "request.spiffeId";
    static final String WISHED_PROFILE = "request.profile";
    static final String LIFETIME = "request.lifetimeSeconds";
    static final String DNS_NAMES = "request.dnsNames";
    static final String IP_ADDRESSES = "request.ipAddresses";
    static final String EMAIL_ADDRESSES = "request.emailAddresses";
    static final String URIS = "request.uris";

    /// The wished name that is judged; in conditions of names only.
    static final String NAME = "name";

    static final List<String> TEXTS = List.of(KIND, SUBJECT, BOUND, WISHED_ID, WISHED_PROFILE);
    static final List<String> LISTS = List.of(DNS_NAMES, IP_ADDRESSES, EMAIL_ADDRESSES, URIS);

    private Variables() {}
}
