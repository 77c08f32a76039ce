package dev.signet.ca.rotation;

import dev.signet.ca.authority.AuthorityLifeCycle;
import dev.signet.ca.authority.AuthorityLifeCycle.Change;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.rotation.ActivationGate.PendingClient;
import dev.signet.ca.rotation.ActivationGate.Readiness;

import org.jspecify.annotations.Nullable;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The one way to activate an issuing CA: through the gate, or past it with an override.
/// Thread-safe; blocks as [ActivationGate] and [AuthorityLifeCycle] do, and joins the caller's
/// transaction.
public final class GatedActivations {

    /// How many pending clients a refusal names.
    private static final int MOST_NAMED = 10;

    private final ActivationGate gate;
    private final AuthorityLifeCycle lifeCycle;

    GatedActivations(ActivationGate gate, AuthorityLifeCycle lifeCycle) {
        this.gate = gate;
        this.lifeCycle = lifeCycle;
    }

    /// What came of it, and how far the clients were; null where there is no such issuing CA.
    public record Activated(Change change, @Nullable Readiness readiness) {}

    /// As [AuthorityLifeCycle#activate], refused with ACTIVATION_NOT_ACKNOWLEDGED besides.
    ///
    /// @param overridden whatever the gate says
    public Activated activate(String id, boolean overridden, long basis, String reason) {
        Optional<Readiness> readiness = gate.readiness(id, MOST_NAMED);
        if (readiness.isPresent()
                && !overridden
                && !readiness.get().ready()
                && lifeCycle.tryActivation(id) instanceof Change.Done) {
            return new Activated(
                    new Change.Refused(notAcknowledged(readiness.get())), readiness.get());
        }
        return new Activated(lifeCycle.activate(id, basis, reason), readiness.orElse(null));
    }

    static Refusal notAcknowledged(Readiness readiness) {
        String named =
                readiness.pendingClients().stream()
                        .map(PendingClient::spiffeId)
                        .collect(Collectors.joining(", "));
        long missing = readiness.identities() - readiness.current();
        return new Refusal(
                RefusalCode.ACTIVATION_NOT_ACKNOWLEDGED,
                String.format(
                        Locale.ROOT,
                        "%d of %d identities (%.2f %%) know the root of this issuing CA: %d say so,"
                                + " %d were told with their newest certificate (expected: %.2f %%)."
                                + " Missing: %s%s. Wait, or set override: then these"
                                + " refuse new certificates until they reload their trust bundle.",
                        readiness.current(),
                        readiness.identities(),
                        100 * readiness.share(),
                        readiness.acknowledged(),
                        readiness.renewed(),
                        100 * readiness.requiredShare(),
                        named.isEmpty() ? "no version of the bundle has the root yet" : named,
                        missing > readiness.pendingClients().size()
                                ? " and " + (missing - readiness.pendingClients().size()) + " more"
                                : ""),
                "",
                null,
                Map.of(
                        "identities", Long.toString(readiness.identities()),
                        "acknowledged", Long.toString(readiness.acknowledged()),
                        "renewed", Long.toString(readiness.renewed())));
    }
}
