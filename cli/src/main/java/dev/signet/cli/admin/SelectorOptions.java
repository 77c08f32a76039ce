package dev.signet.cli.admin;

import dev.signet.cli.admin.Moments.Direction;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/// Which certificates a bulk revocation is about; all conditions hold.
final class SelectorOptions {

    @Option(names = "--spiffe-id", paramLabel = "ID", description = "All of this identity.")
    private @Nullable String spiffeId;

    @Option(
            names = "--prefix",
            paramLabel = "PREFIX/",
            description = "All identities below this path; it ends with a slash.")
    private @Nullable String prefix;

    @Option(
            names = "--evidence-kind",
            paramLabel = "KIND",
            description = "How the caller proved itself.")
    private @Nullable String evidenceKind;

    @Option(
            names = "--evidence-subject",
            paramLabel = "TEXT",
            description = "Whom the evidence names.")
    private @Nullable String evidenceSubject;

    @Option(names = "--key-sha256", paramLabel = "HEX", description = "SHA-256 of the public key.")
    private @Nullable String keySha256;

    @Option(
            names = "--issued-from",
            paramLabel = "TIME",
            description =
                    "Issued then or later: 2026-01-31, 2026-01-31T12:00:00Z, or 7d: 7 days ago.")
    private @Nullable String issuedFrom;

    @Option(names = "--issued-before", paramLabel = "TIME", description = "Issued before.")
    private @Nullable String issuedBefore;

    @Option(
            names = "--policy-version",
            paramLabel = "VERSION",
            description = "Policy version that allowed it.")
    private @Nullable String policyVersion;

    @Option(names = "--policy-rule", paramLabel = "RULE", description = "Rule that allowed it.")
    private @Nullable String policyRule;

    @Option(names = "--authority", paramLabel = "ID", description = "Authority that issued it.")
    private @Nullable String authority;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /// As the API names them; empty: none was given.
    Map<String, Object> conditions(InstantSource clock) {
        if (prefix != null && !prefix.endsWith("/")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--prefix: " + prefix + " (expected: a slash at its end, for all below it)");
        }
        Map<String, Object> conditions = new LinkedHashMap<>();
        put(conditions, "spiffeId", spiffeId);
        put(conditions, "spiffeIdPrefix", prefix);
        put(conditions, "evidenceKind", evidenceKind);
        put(conditions, "evidenceSubject", evidenceSubject);
        put(conditions, "keySha256", CertificateFilter.hex(keySha256));
        put(
                conditions,
                "issuedFrom",
                Moments.read(spec, clock, Direction.AGO, "--issued-from", issuedFrom));
        put(
                conditions,
                "issuedBefore",
                Moments.read(spec, clock, Direction.AGO, "--issued-before", issuedBefore));
        put(conditions, "policyVersion", policyVersion);
        put(conditions, "policyRule", policyRule);
        put(conditions, "authorityId", CertificateFilter.hex(authority));
        return conditions;
    }

    private static void put(Map<String, Object> conditions, String name, @Nullable String value) {
        if (value != null) {
            conditions.put(name, value);
        }
    }
}
