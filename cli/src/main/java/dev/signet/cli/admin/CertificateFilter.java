package dev.signet.cli.admin;

import dev.signet.cli.admin.Moments.Direction;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminRequest;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/// Which certificates; all conditions hold.
final class CertificateFilter {

    @Option(
            names = "--spiffe-id",
            paramLabel = "PREFIX",
            description = "Identity begins with this.")
    private @Nullable String prefix;

    @Option(
            names = "--serial",
            paramLabel = "HEX",
            description = "Serial number, or its first 12 or more digits.")
    private @Nullable String serial;

    @Option(names = "--sha256", paramLabel = "HEX", description = "SHA-256 of the certificate.")
    private @Nullable String sha256;

    @Option(names = "--san", paramLabel = "NAME", description = "A name in it, such as a DNS name.")
    private @Nullable String san;

    @Option(names = "--key-sha256", paramLabel = "HEX", description = "SHA-256 of its public key.")
    private @Nullable String keySha256;

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

    @Option(
            names = "--issued-from",
            paramLabel = "TIME",
            description =
                    "Issued then or later: 2026-01-31, 2026-01-31T12:00:00Z, or 7d: 7 days ago.")
    private @Nullable String issuedFrom;

    @Option(names = "--issued-before", paramLabel = "TIME", description = "Issued before.")
    private @Nullable String issuedBefore;

    @Option(
            names = "--expires-from",
            paramLabel = "TIME",
            description = "Expires then or later; 2h: in 2 hours.")
    private @Nullable String expiresFrom;

    @Option(names = "--expires-before", paramLabel = "TIME", description = "Expires before.")
    private @Nullable String expiresBefore;

    @Option(
            names = "--policy-version",
            paramLabel = "VERSION",
            description = "Policy version that allowed it.")
    private @Nullable String policyVersion;

    @Option(names = "--policy-rule", paramLabel = "RULE", description = "Rule that allowed it.")
    private @Nullable String policyRule;

    @Option(
            names = "--authority",
            paramLabel = "ID",
            description = "Authority that issued it, or its first 8 or more digits.")
    private @Nullable String authority;

    @Option(names = "--state", paramLabel = "STATE", description = "valid, expired or revoked.")
    private @Nullable String state;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /// Whether some certificates are left out.
    boolean given() {
        return Stream.of(
                        prefix,
                        serial,
                        sha256,
                        san,
                        keySha256,
                        evidenceKind,
                        evidenceSubject,
                        issuedFrom,
                        issuedBefore,
                        expiresFrom,
                        expiresBefore,
                        policyVersion,
                        policyRule,
                        authority,
                        state)
                .anyMatch(Objects::nonNull);
    }

    /// Adds what only the server can say.
    AdminRequest completed(AdminClient client, AdminRequest request) {
        return authority == null
                ? request
                : request.with("authorityId", ShortNumbers.authority(client, authority));
    }

    /// As the API names them, without what [#completed] adds.
    Map<String, String> parameters(InstantSource clock) {
        Map<String, String> parameters = new LinkedHashMap<>();
        put(parameters, "spiffeIdPrefix", prefix);
        put(
                parameters,
                "serialNumber",
                serial == null ? null : ShortNumbers.serialDigits(spec, serial));
        put(parameters, "sha256", hex(sha256));
        put(parameters, "san", san);
        put(parameters, "keySha256", hex(keySha256));
        put(parameters, "evidenceKind", evidenceKind);
        put(parameters, "evidenceSubject", evidenceSubject);
        put(
                parameters,
                "issuedFrom",
                Moments.read(spec, clock, Direction.AGO, "--issued-from", issuedFrom));
        put(
                parameters,
                "issuedBefore",
                Moments.read(spec, clock, Direction.AGO, "--issued-before", issuedBefore));
        put(
                parameters,
                "expiresFrom",
                Moments.read(spec, clock, Direction.AHEAD, "--expires-from", expiresFrom));
        put(
                parameters,
                "expiresBefore",
                Moments.read(spec, clock, Direction.AHEAD, "--expires-before", expiresBefore));
        put(parameters, "policyVersion", policyVersion);
        put(parameters, "policyRule", policyRule);
        put(parameters, "state", state);
        return parameters;
    }

    private static void put(Map<String, String> parameters, String name, @Nullable String value) {
        if (value != null) {
            parameters.put(name, value);
        }
    }

    /// As `openssl x509` prints it, too: colons, upper case.
    static @Nullable String hex(@Nullable String text) {
        return text == null ? null : text.replace(":", "").toLowerCase(Locale.ROOT);
    }
}
