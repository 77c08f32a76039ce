package dev.signet.ca.authority;

import dev.signet.ca.authority.AuthorityLifeCycle.Change.Done;
import dev.signet.ca.authority.AuthorityLifeCycle.Change.Refused;
import dev.signet.ca.authority.AuthorityStore.Content;
import dev.signet.ca.authority.AuthorityStore.NewAuthority;
import dev.signet.ca.authority.AuthorityStore.StoredAuthority;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/// Decides on changes under the store's lock, and leaves it to the database to hold each against
/// the state that it follows.
final class RecordedLifeCycle implements AuthorityLifeCycle {

    private final AuthorityStore store;
    private final AuthorityPreparation preparation;
    private final AuthorityFitness fitness;
    private final JdbcAuthorityTransactions transactions;

    RecordedLifeCycle(
            AuthorityStore store,
            AuthorityPreparation preparation,
            AuthorityFitness fitness,
            JdbcAuthorityTransactions transactions) {
        this.store = store;
        this.preparation = preparation;
        this.fitness = fitness;
        this.transactions = transactions;
    }

    @Override
    public long generation() {
        return transactions.asked(() -> store.load().generation());
    }

    @Override
    public Change prepareIssuing(long basis, String reason) {
        return change(
                basis,
                content ->
                        preparation.issuing(
                                content,
                                active(AuthorityRole.ROOT, content.authorities()).orElse(null),
                                reason));
    }

    @Override
    public Change prepareIssuingUnder(String rootId, long basis, String reason) {
        return change(
                basis,
                content -> {
                    Optional<StoredAuthority> root =
                            find(content, rootId)
                                    .filter(found -> found.role() == AuthorityRole.ROOT);
                    return root.isEmpty()
                            ? notFound()
                            : preparation.issuing(content, root.get(), reason);
                });
    }

    @Override
    public Change prepareRoot(boolean crossSigned, long basis, String reason) {
        return change(basis, content -> preparation.root(content, crossSigned, reason));
    }

    @Override
    public Change tryActivation(String id) {
        return transactions.asked(() -> {
            Content content = store.load();
            return find(content, id)
                    .flatMap(target -> fitness.objection(target, content.authorities()))
                    .map(refusal -> (Change) new Refused(refusal))
                    .orElseGet(() ->
                            find(content, id).isPresent()
                                    ? new Done(List.of(), content.generation())
                                    : notFound());
        });
    }

    @Override
    public Change activate(String id, long basis, String reason) {
        return change(
                basis,
                content -> {
                    Optional<StoredAuthority> found = find(content, id);
                    if (found.isEmpty()) {
                        return notFound();
                    }
                    StoredAuthority target = found.get();
                    List<StoredAuthority> all = content.authorities();
                    Optional<Refusal> objection = fitness.objection(target, all);
                    if (objection.isPresent()) {
                        return new Refused(objection.get());
                    }
                    StoredAuthority root = AuthorityChains.root(target, all);
                    List<Changed> changed = new ArrayList<>();
                    active(AuthorityRole.ISSUING, all)
                            .ifPresent(old -> changed.add(to(old, AuthorityState.RETIRED, reason)));
                    changed.add(to(target, AuthorityState.ACTIVE, reason));
                    if (root.state() == AuthorityState.PREPARED) {
                        active(AuthorityRole.ROOT, all)
                                .ifPresent(old ->
                                        changed.add(to(old, AuthorityState.RETIRED, reason)));
                        changed.add(to(root, AuthorityState.ACTIVE, reason));
                    }
                    return done(changed);
                });
    }

    @Override
    public Change rollBack(long basis, String reason) {
        return change(
                basis,
                content -> {
                    List<StoredAuthority> all = content.authorities();
                    Optional<StoredAuthority> found = active(AuthorityRole.ISSUING, all);
                    Optional<StoredAuthority> replaced =
                            found.flatMap(active -> store.replacedBy(active.id()))
                                    .flatMap(id -> find(content, id));
                    if (found.isEmpty() || replaced.isEmpty()) {
                        return conflict("There is no activation to undo.");
                    }
                    StoredAuthority active = found.get();
                    StoredAuthority previous = replaced.get();
                    if (previous.state() != AuthorityState.RETIRED) {
                        return conflict(
                                "What signed before is "
                                        + previous.state().text()
                                        + ": "
                                        + previous.id()
                                        + ".");
                    }
                    if (store.hasSigned(active.id())) {
                        return conflict(
                                "The active issuing CA has signed already, so its certificates are out."
                                        + " Prepare and activate another one instead.");
                    }
                    Optional<Refusal> objection = fitness.objectionToUse(previous, all);
                    if (objection.isPresent()) {
                        return new Refused(objection.get());
                    }
                    StoredAuthority root = AuthorityChains.root(active, all);
                    StoredAuthority previousRoot = AuthorityChains.root(previous, all);
                    List<Changed> changed = new ArrayList<>();
                    changed.add(to(active, AuthorityState.PREPARED, reason));
                    changed.add(to(previous, AuthorityState.ACTIVE, reason));
                    if (!root.id().equals(previousRoot.id())) {
                        changed.add(to(root, AuthorityState.PREPARED, reason));
                        changed.add(to(previousRoot, AuthorityState.ACTIVE, reason));
                    }
                    return done(changed);
                });
    }

    @Override
    public Change retire(String id, boolean insisted, long basis, String reason) {
        return change(
                basis,
                content -> {
                    Optional<StoredAuthority> found = find(content, id);
                    if (found.isEmpty()) {
                        return notFound();
                    }
                    StoredAuthority target = found.get();
                    switch (target.state()) {
                        case PREPARED, ACTIVE -> {}
                        case RETIRED, REVOKED -> {
                            return conflict(
                                    "The authority is " + target.state().text() + " already.");
                        }
                    }
                    List<StoredAuthority> below = new ArrayList<>();
                    switch (target.role()) {
                        case ROOT -> {
                            if (target.state() == AuthorityState.ACTIVE) {
                                return conflict(
                                        "The root of what signs is retired by the activation of another.");
                            }
                            content.authorities().stream()
                                    .filter(other -> other.state() == AuthorityState.PREPARED)
                                    .filter(other -> other.role() == AuthorityRole.ISSUING)
                                    .filter(other -> isBelow(other, target, content.authorities()))
                                    .forEach(below::add);
                        }
                        case ISSUING -> {}
                        case CROSS, INTERMEDIATE -> {
                            return conflict("Only roots and issuing CAs are retired.");
                        }
                    }
                    below.add(target);
                    return end(below, AuthorityState.RETIRED, insisted, reason);
                });
    }

    @Override
    public Change revoke(String id, boolean insisted, long basis, String reason) {
        return change(
                basis,
                content -> {
                    Optional<StoredAuthority> found = find(content, id);
                    if (found.isEmpty()) {
                        return notFound();
                    }
                    StoredAuthority target = found.get();
                    if (target.state() == AuthorityState.REVOKED) {
                        return conflict("The authority is revoked already.");
                    }
                    List<StoredAuthority> revoked = new ArrayList<>();
                    for (StoredAuthority other : content.authorities()) {
                        if (other.state() != AuthorityState.REVOKED
                                && (other.id().equals(id)
                                        || isBelow(other, target, content.authorities())
                                        || isKeyOf(other, target))) {
                            revoked.add(other);
                        }
                    }
                    return end(revoked, AuthorityState.REVOKED, insisted, reason);
                });
    }

    private Change end(
            List<StoredAuthority> ended, AuthorityState state, boolean insisted, String reason) {
        boolean last =
                ended.stream()
                        .anyMatch(authority ->
                                authority.role() == AuthorityRole.ISSUING
                                        && authority.state() == AuthorityState.ACTIVE);
        if (last && !insisted) {
            return new Refused(
                    Refusal.of(
                            RefusalCode.LAST_AUTHORITY,
                            "Nothing would be left that signs, so nobody would get a certificate."
                                    + " Activate another issuing CA first, or set override to do it"
                                    + " nevertheless."));
        }
        return done(ended.stream().map(authority -> to(authority, state, reason)).toList());
    }

    private Change change(long basis, Function<Content, Change> act) {
        return transactions.perform(() -> {
            store.lock();
            Content content = store.load();
            if (basis != ANY && basis != content.generation()) {
                return new Refused(
                        Refusal.of(
                                RefusalCode.PRECONDITION_FAILED,
                                "The authorities have changed since you looked. Look again, then"
                                        + " decide."));
            }
            return act.apply(content);
        });
    }

    private Changed to(StoredAuthority authority, AuthorityState state, String reason) {
        store.change(authority.id(), state, reason);
        return changed(authority, state);
    }

    private Change done(List<Changed> changed) {
        return new Done(changed, store.load().generation());
    }

    private static Changed changed(StoredAuthority authority, AuthorityState after) {
        return new Changed(
                authority.id(),
                authority.role().text(),
                authority.state().text(),
                after.text(),
                authority.issuerId(),
                serialNumber(authority));
    }

    private static BigInteger serialNumber(StoredAuthority authority) {
        return new AuthorityCertificate(authority.certificate(), new byte[32])
                .holder()
                .getSerialNumber();
    }

    static Changed added(NewAuthority authority, AuthorityState state) {
        return new Changed(
                authority.certificate().id(),
                authority.role().text(),
                null,
                state.text(),
                authority.issuerId(),
                authority.certificate().holder().getSerialNumber());
    }

    static Optional<StoredAuthority> active(AuthorityRole role, List<StoredAuthority> all) {
        return all.stream()
                .filter(authority -> authority.role() == role)
                .filter(authority -> authority.state() == AuthorityState.ACTIVE)
                .findFirst();
    }

    private static Optional<StoredAuthority> find(Content content, String id) {
        return content.authorities().stream()
                .filter(authority -> authority.id().equals(id))
                .findFirst();
    }

    private static boolean isBelow(
            StoredAuthority authority, StoredAuthority above, List<StoredAuthority> all) {
        StoredAuthority next = authority;
        while (next.issuerId() != null) {
            if (Objects.equals(next.issuerId(), above.id())) {
                return true;
            }
            next = AuthorityChains.byId(String.valueOf(next.issuerId()), all);
        }
        return false;
    }

    private static boolean isKeyOf(StoredAuthority cross, StoredAuthority root) {
        return cross.role() == AuthorityRole.CROSS
                && root.role() == AuthorityRole.ROOT
                && AuthorityChains.sameNameAndKey(cross.certificate(), root.certificate());
    }

    private static Change notFound() {
        return new Refused(Refusal.of(RefusalCode.NOT_FOUND, "No such authority is on record."));
    }

    private static Change conflict(String message) {
        return new Refused(Refusal.of(RefusalCode.CONFLICT, message));
    }
}
