package dev.signet.cli.admin;

import dev.signet.cli.admin.Moments.Direction;
import dev.signet.cli.remote.AdminRequest;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.time.InstantSource;
import java.util.Objects;
import java.util.stream.Stream;

/// Which audit events; all conditions hold.
final class AuditFilter {

    @Option(
            names = "--act",
            paramLabel = "NAME",
            description = "Name of the act: policy.activate, login.")
    private @Nullable String act;

    @Option(names = "--actor", paramLabel = "SUBJECT", description = "Who acted.")
    private @Nullable String actor;

    @Option(names = "--target", paramLabel = "TEXT", description = "What it was done to.")
    private @Nullable String target;

    @Option(names = "--outcome", paramLabel = "OUTCOME", description = "done or refused.")
    private @Nullable String outcome;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "Then or later: 2026-01-31, 2026-01-31T12:00:00Z, or 7d: 7 days ago.")
    private @Nullable String from;

    @Option(names = "--before", paramLabel = "TIME", description = "Before.")
    private @Nullable String before;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    static final AdminRequest ALL = AdminRequest.get("/v1/audit-events");

    /// Whether some events are left out.
    boolean given() {
        return Stream.of(act, actor, target, outcome, from, before).anyMatch(Objects::nonNull);
    }

    AdminRequest request(InstantSource clock) {
        return ALL.with("act", act)
                .with("actor", actor)
                .with("target", target)
                .with("outcome", outcome)
                .with("from", Moments.read(spec, clock, Direction.AGO, "--from", from))
                .with("before", Moments.read(spec, clock, Direction.AGO, "--before", before));
    }
}
