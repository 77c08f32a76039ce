package dev.signet.ca.policy;

import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Which names beside the SPIFFE ID a rule allows. Every requested name is judged by itself, so
/// that neither their order nor their number changes what is said of one (R3). Immutable.
record NameGrants(
        List<NameGrant> dns,
        List<NameGrant> ip,
        List<NameGrant> email,
        List<NameGrant> uri,
        List<NameGrant> other) {

    static final NameGrants NONE =
            new NameGrants(List.of(), List.of(), List.of(), List.of(), List.of());

    NameGrants {
        dns = List.copyOf(dns);
        ip = List.copyOf(ip);
        email = List.copyOf(email);
        uri = List.copyOf(uri);
        other = List.copyOf(other);
    }

    /// @return null when every name is granted
    @Nullable Refusal objection(RequestInput input, TrustDomain trustDomain, Trace trace) {
        AlternativeNames requested = input.request().requested().names();
        if (requested.isEmpty()) {
            return null;
        }
        Judge judge = new Judge(input, trustDomain, trace);
        judge.all("DNS", requested.dnsNames(), dns);
        judge.all("IP", RequestInput.texts(requested.ipAddresses()), ip);
        judge.all("email", requested.emailAddresses(), email);
        judge.all("URI", requested.uris(), uri);
        judge.all("otherName", RequestInput.otherNames(requested.otherNames()), other);
        return judge.refusal;
    }

    private static final class Judge {

        private final RequestInput input;
        private final TrustDomain trustDomain;
        private final Trace trace;
        private @Nullable Refusal refusal;

        Judge(RequestInput input, TrustDomain trustDomain, Trace trace) {
            this.input = input;
            this.trustDomain = trustDomain;
            this.trace = trace;
        }

        void all(String kind, List<String> names, List<NameGrant> grants) {
            for (String name : names) {
                NameGrant by = permitting(name, grants);
                if (by == null) {
                    trace.step("names", () -> kind + " " + name + " is not granted");
                    // Of several the least is told: the order of the names must not show.
                    Refusal found =
                            Refusals.nameNotGranted(
                                    kind, name, "none of the rule's names of that kind fits");
                    if (refusal == null || found.message().compareTo(refusal.message()) < 0) {
                        refusal = found;
                    }
                } else {
                    trace.step("names", () -> kind + " " + name + " by " + by.text());
                }
            }
        }

        private @Nullable NameGrant permitting(String name, List<NameGrant> grants) {
            boolean isWildcard = name.startsWith("*.");
            for (NameGrant grant : grants) {
                if ((!isWildcard || grant.permitsWildcards())
                        && grant.permits(name, input, trustDomain)) {
                    return grant;
                }
            }
            return null;
        }
    }
}
