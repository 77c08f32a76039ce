package dev.signet.ca.policy;

import dev.signet.ca.ledger.Changes;
import dev.signet.ca.policy.PolicyVersions.Active;
import dev.signet.ca.policy.PolicyVersions.Version;
import dev.signet.ca.privilege.Role;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// The policy in force by the newest activation on record: followed when it is signalled, and
/// looked for every second or so besides. A whole snapshot takes the place of another, never a part
/// (R5). Thread-safe.
///
/// While PostgreSQL is away the last one stays in force. So it does when the newest one is not
/// accepted by this server, which the log and a gauge say; a server that has none yet then grants
/// nothing but what the built-in rules do, so that an operator can still log in.
final class StoredPolicies implements Policies, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StoredPolicies.class);

    private static final String NOTHING = "apiVersion: signet.dev/v1\nrules: []\n";

    private final PolicyVersions versions;
    private final PolicyLanguage language;
    private final ScheduledExecutorService scheduler;

    private volatile PolicySnapshot current;
    private volatile long inForce;
    private volatile boolean notAccepted;
    private long followed = -1;
    private boolean failedBefore;

    /// @param scheduler closed with this
    StoredPolicies(
            PolicyVersions versions,
            PolicyLanguage language,
            ScheduledExecutorService scheduler,
            MeterRegistry registry) {
        this.versions = versions;
        this.language = language;
        this.scheduler = scheduler;
        this.current = language.builtIn();
        Gauge.builder("signet.policy.version", () -> inForce)
                .description("Number of the policy version in force on this server")
                .register(registry);
        Gauge.builder("signet.policy.not.accepted", () -> notAccepted ? 1 : 0)
                .description(
                        "Whether the activated policy version is not accepted by this server (1), so"
                                + " that another one is in force")
                .register(registry);
    }

    /// Reads what is in force, and goes on doing so.
    ///
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL did not answer
    void start(Duration interval, Changes changes) {
        follow();
        long milliseconds = interval.toMillis();
        // It never throws, so there is nothing to ask the future.
        var _ =
                scheduler.scheduleWithFixedDelay(
                        this::refresh, milliseconds, milliseconds, TimeUnit.MILLISECONDS);
        changes.watch("policy", this::refresh);
    }

    @Override
    public PolicySnapshot current() {
        return current;
    }

    /// Looks once more. Never throws.
    void refresh() {
        try {
            follow();
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private synchronized void failed(RuntimeException e) {
        if (!failedBefore) {
            LOG.warn(
                    "The policy in force could not be looked up; {} stays in force",
                    current.version(),
                    e);
        }
        failedBefore = true;
    }

    private synchronized void follow() {
        Active active = versions.active();
        failedBefore = false;
        if (active.activation() == followed) {
            return;
        }
        if (active.number() == 0) {
            put(active, BuiltInDocument.compile(language, roles(active)));
            return;
        }
        Version version =
                versions.find(active.number())
                        .orElseThrow(() ->
                                new IllegalStateException(
                                        "policy version "
                                                + active.number()
                                                + " is activated and not on record"));
        if (version.document() == null) {
            throw new IllegalStateException("version " + active.number() + " came without text");
        }
        switch (language.readInForce(
                version.document(), Long.toString(active.number()), roles(active))) {
            case PolicyLanguage.Reading.Accepted accepted -> {
                put(active, accepted.snapshot());
                warn(active, accepted.findings());
            }
            case PolicyLanguage.Reading.NotAccepted refused -> keep(active, refused);
        }
    }

    private static Set<Role> roles(Active active) {
        PolicyVersions.Author actor = active.actor();
        return actor == null ? Set.of() : actor.roles();
    }

    /// At start, too: settings may have changed since the document was accepted.
    private static void warn(Active active, List<PolicyFinding> findings) {
        findings.forEach(finding ->
                LOG.warn("Policy version {}, which is in force: {}", active.number(), finding));
    }

    private void put(Active active, PolicySnapshot snapshot) {
        boolean isFirst = followed < 0;
        current = snapshot;
        inForce = active.number();
        followed = active.activation();
        notAccepted = false;
        PolicyVersions.Author actor = active.actor();
        LOG.info(
                "Policy {} is in force{}",
                snapshot.version(),
                isFirst || actor == null
                        ? ""
                        : ", activated by " + actor.kind() + " " + actor.subject());
    }

    private void keep(Active active, PolicyLanguage.Reading.NotAccepted refused) {
        if (followed < 0) {
            PolicyLanguage.Reading nothing =
                    language.read(NOTHING, active.number() + "-not-accepted");
            if (nothing instanceof PolicyLanguage.Reading.Accepted accepted) {
                current = accepted.snapshot();
                inForce = -1;
            }
        }
        followed = active.activation();
        notAccepted = true;
        LOG.error(
                "Policy version {} is activated and not accepted by this server; {} is in force"
                        + " here. Activate another version. First finding: {}",
                active.number(),
                current.version(),
                refused.findings().getFirst());
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
