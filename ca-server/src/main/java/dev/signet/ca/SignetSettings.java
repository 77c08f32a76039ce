package dev.signet.ca;

import dev.signet.ca.admin.ApprovalSettings;
import dev.signet.ca.attestation.AttestationSettings;
import dev.signet.ca.audit.AuditSettings;
import dev.signet.ca.authority.AuthoritySettings;
import dev.signet.ca.issuance.IssuanceSettings;
import dev.signet.ca.ledger.DatabaseSettings;
import dev.signet.ca.ledger.LedgerSettings;
import dev.signet.ca.policy.PolicySettings;
import dev.signet.ca.rest.AdminSettings;
import dev.signet.ca.rotation.RotationSettings;
import dev.signet.ca.status.StatusSettings;
import dev.signet.ca.trust.TrustSettings;
import dev.signet.ca.wire.GrpcSettings;
import dev.signet.ca.wire.HttpSettings;
import dev.signet.ca.wire.OperatorSettings;
import dev.signet.ca.wire.StopSettings;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Every setting of the server, one tree under `signet`. docs/configuration.md is its table; a test
/// keeps the two equal. A key that is not here stops the start.
///
/// @param trustDomain name of the trust domain, required
/// @param logLevel least level that is logged, of other projects' code WARN; unset: as the logging
///   configuration says
@ConfigurationProperties(prefix = "signet", ignoreUnknownFields = false)
public record SignetSettings(
        String trustDomain,
        @Nullable LogLevel logLevel,
        @DefaultValue DatabaseSettings database,
        @DefaultValue LedgerSettings ledger,
        @DefaultValue ApprovalSettings approval,
        @DefaultValue AuditSettings audit,
        @DefaultValue AuthoritySettings authority,
        @DefaultValue TrustSettings trust,
        @DefaultValue StatusSettings status,
        @DefaultValue FederationBranch federation,
        @DefaultValue RotationSettings rotation,
        @DefaultValue AttestationSettings attestation,
        @DefaultValue PolicySettings policy,
        @DefaultValue IssuanceSettings issuance,
        @DefaultValue GrpcSettings grpc,
        @DefaultValue HttpSettings http,
        @DefaultValue OperatorSettings operator,
        @DefaultValue AdminSettings admin,
        @DefaultValue StopSettings stop) {

    /// Levels of the log.
    public enum LogLevel {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    @SuppressWarnings("NullAway") // the binder passes null for a key that is not set
    public SignetSettings {
        if (trustDomain == null) {
            throw new IllegalArgumentException(
                    "signet.trust-domain is not set (expected: a name such as example.org)");
        }
    }
}
