package dev.signet.ca.privilege;

import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.identity.TrustDomain;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// The identities that carry roles of the admin API: what `signet.admin.certificates` maps, and
/// `/signet/operator/NAME`, which is an admin.
///
/// One rule protects them: whoever causes a certificate for an identity must hold, or cover
/// ([Role#covers]), every role that the identity carries. Otherwise a role would be a way to the
/// next one. Renewal by the identity's own certificate causes nothing new.
///
/// Immutable, thread-safe. Looking up an ID allocates nothing.
public final class Privileges {

    /// Begins the path of the built-in admins; one more segment follows.
    public static final String OPERATOR_PREFIX = "/signet/operator/";

    private final TrustDomain trustDomain;
    private final Map<SpiffeIdPattern, Set<Role>> mappings;
    private final Map<String, Set<Role>> exact;
    private final List<Wildcard> wildcards;

    private record Wildcard(SpiffeIdPattern pattern, Set<Role> roles) {}

    /// @param mappings those of other trust domains are left out: nobody logs in by one
    public Privileges(TrustDomain trustDomain, List<CertificateRoles> mappings) {
        this.trustDomain = trustDomain;
        Map<String, Set<Role>> texts = new LinkedHashMap<>();
        texts.put(trustDomain.uri() + OPERATOR_PREFIX + "*", EnumSet.of(Role.ADMIN));
        for (CertificateRoles mapping : mappings) {
            if (mapping.pattern().trustDomain().equals(trustDomain)) {
                texts.computeIfAbsent(mapping.pattern().toString(), _ -> EnumSet.noneOf(Role.class))
                        .addAll(mapping.roles());
            }
        }
        Map<SpiffeIdPattern, Set<Role>> all = new LinkedHashMap<>();
        Map<String, Set<Role>> single = new HashMap<>();
        List<Wildcard> several = new ArrayList<>();
        texts.forEach((text, roles) -> {
            SpiffeIdPattern pattern = SpiffeIdPattern.parse(text).orElseThrow();
            Set<Role> unmodifiable = Collections.unmodifiableSet(roles);
            all.put(pattern, unmodifiable);
            Optional<SpiffeId> id = pattern.exact();
            if (id.isPresent()) {
                single.put(id.get().path(), unmodifiable);
            } else {
                several.add(new Wildcard(pattern, unmodifiable));
            }
        });
        this.mappings = Collections.unmodifiableMap(all);
        this.exact = Map.copyOf(single);
        this.wildcards = List.copyOf(several);
    }

    /// The built-in ones alone.
    public static Privileges builtIn(TrustDomain trustDomain) {
        return new Privileges(trustDomain, List.of());
    }

    /// The roles of whoever logs in with a certificate of this ID: what causing one takes. Empty:
    /// it is a workload like others.
    public Set<Role> of(SpiffeId id) {
        if (!id.trustDomain().equals(trustDomain)) {
            return Set.of();
        }
        Set<Role> roles = exact.getOrDefault(id.path(), Set.of());
        for (int i = 0; i < wildcards.size(); i++) {
            Wildcard wildcard = wildcards.get(i);
            if (wildcard.pattern().matches(id)) {
                roles = roles.isEmpty() ? wildcard.roles() : union(roles, wildcard.roles());
            }
        }
        return roles;
    }

    /// The roles of all the IDs together that the pattern may come to.
    public Set<Role> of(SpiffeIdPattern pattern) {
        Optional<SpiffeId> id = pattern.exact();
        return id.isPresent() ? of(id.get()) : ofAny(pattern::overlaps);
    }

    /// The roles of all the mapped IDs together that the test accepts.
    public Set<Role> ofAny(Predicate<SpiffeIdPattern> test) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        mappings.forEach((mapped, theirs) -> {
            if (test.test(mapped)) {
                roles.addAll(theirs);
            }
        });
        return Collections.unmodifiableSet(roles);
    }

    /// Each ID or pattern of IDs that carries roles, in the order of the settings.
    public Map<SpiffeIdPattern, Set<Role>> mappings() {
        return mappings;
    }

    /// The roles that somebody can be said to hold: those of the time when something was caused; of
    /// the holder of a certificate only those that its ID carries still.
    public Set<Role> held(Principal principal) {
        if (!principal.kind().equals(Principal.CERTIFICATE)) {
            return principal.roles();
        }
        Set<Role> now = SpiffeId.parse(principal.subject()).map(this::of).orElse(Set.of());
        Set<Role> held = EnumSet.noneOf(Role.class);
        for (Role role : principal.roles()) {
            if (Role.cover(now, Set.of(role))) {
                held.add(role);
            }
        }
        return held;
    }

    private static Set<Role> union(Set<Role> one, Set<Role> other) {
        Set<Role> both = EnumSet.copyOf(one);
        both.addAll(other);
        return both;
    }
}
