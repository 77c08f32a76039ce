package dev.signet.ca.admin;

import dev.signet.ca.attestation.Attestation;
import dev.signet.ca.attestation.JoinTokens;
import dev.signet.ca.audit.AuditTrail;
import dev.signet.ca.authority.AuthorityIntake;
import dev.signet.ca.authority.AuthorityLifeCycle;
import dev.signet.ca.authority.KeyWrappings;
import dev.signet.ca.federation.Relationships;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.ledger.LedgerSettings;
import dev.signet.ca.policy.Policies;
import dev.signet.ca.policy.PolicyVersions;
import dev.signet.ca.privilege.Privileges;
import dev.signet.ca.recovery.Losses;
import dev.signet.ca.reissue.Reissues;
import dev.signet.ca.revocation.BlockRegister;
import dev.signet.ca.revocation.BulkRevocations;
import dev.signet.ca.revocation.Revocations;
import dev.signet.ca.rotation.GatedActivations;
import dev.signet.ca.suspension.Suspensions;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;

/// Makes the beans of this package: [OperatorActs], [AdminActs], [ReissueActs], [AuthorityActs],
/// [Approvals]. Needs beans [ApprovalSettings], [TrustDomain], [Privileges], [Policies],
/// [JoinTokens], [PolicyVersions], [Suspensions], [AuditTrail], [AuthorityLifeCycle],
/// [GatedActivations], [CertificateRecords], [Reissues], [Revocations], [LedgerSettings],
/// `PlatformTransactionManager` and `JdbcClient` over a migrated database, `InstantSource`,
/// `SecureRandom`.
@Configuration(proxyBeanMethods = false)
public class AdminConfiguration {

    /// Joins the transactions of everybody who uses the same manager.
    @Bean
    JdbcAuditedActs auditedActs(PlatformTransactionManager transactionManager, AuditTrail trail) {
        TransactionTemplate savepoints = new TransactionTemplate(transactionManager);
        savepoints.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
        return new JdbcAuditedActs(new TransactionTemplate(transactionManager), savepoints, trail);
    }

    @Bean
    Origins origins(
            CertificateRecords records,
            JoinTokens joinTokens,
            LedgerSettings settings,
            InstantSource clock) {
        return new Origins(records, joinTokens, settings.retention(), clock);
    }

    @Bean(initMethod = "start")
    PrivilegeReview privilegeReview(
            Privileges privileges,
            CertificateRecords records,
            JoinTokens joinTokens,
            Origins origins,
            Policies policies) {
        return new PrivilegeReview(privileges, records, joinTokens, origins, policies);
    }

    @Bean
    JoinTokenActs joinTokenActs(
            TrustDomain trustDomain,
            Privileges privileges,
            JoinTokens joinTokens,
            Origins origins) {
        return new JoinTokenActs(trustDomain, privileges, joinTokens, origins);
    }

    @Bean
    OperatorActs operatorActs(
            JdbcAuditedActs acts, JoinTokenActs tokens, CertificateRecords records) {
        return new LedgerOperatorActs(acts, tokens, records);
    }

    @Bean
    JdbcApprovalStore approvalStore(JdbcClient jdbc) {
        return new JdbcApprovalStore(jdbc);
    }

    @Bean
    PolicyActs policyActs(PolicyVersions versions) {
        return new PolicyActs(versions);
    }

    @Bean
    SuspensionActs suspensionActs(Suspensions suspensions) {
        return new SuspensionActs(suspensions);
    }

    @Bean
    BulkRevocationActs bulkRevocationActs(BulkRevocations bulk) {
        return new BulkRevocationActs(bulk);
    }

    @Bean
    BlockReleaseActs blockReleaseActs(BlockRegister blocks) {
        return new BlockReleaseActs(blocks);
    }

    @Bean
    RevocationActs revocationActs(
            JdbcAuditedActs acts,
            Revocations revocations,
            BulkRevocations bulk,
            BlockRegister blocks,
            BlockReleaseActs releases,
            FourEyes fourEyes) {
        return new RecordedRevocationActs(acts, revocations, bulk, blocks, releases, fourEyes);
    }

    @Bean
    HolderRevocation holderRevocation(
            Attestation attestation, RevocationActs acts, InstantSource clock) {
        return new AttestedHolderRevocation(attestation, acts, clock);
    }

    @Bean
    ActivateAuthority activateAuthority(GatedActivations activations) {
        return new ActivateAuthority(activations);
    }

    @Bean
    RevokeAuthority revokeAuthority(AuthorityLifeCycle lifeCycle, Revocations certificates) {
        return new RevokeAuthority(lifeCycle, certificates);
    }

    @Bean
    AuthorityActs authorityActs(
            JdbcAuditedActs acts,
            AuthorityLifeCycle lifeCycle,
            ActivateAuthority activations,
            RevokeAuthority revocations,
            FourEyes fourEyes) {
        return new RecordedAuthorityActs(acts, lifeCycle, activations, revocations, fourEyes);
    }

    @Bean
    IntakeActs intakeActs(JdbcAuditedActs acts, AuthorityIntake intake) {
        return new RecordedIntakeActs(acts, intake);
    }

    @Bean
    FourEyes approvals(
            ApprovalSettings settings,
            JdbcApprovalStore store,
            JdbcAuditedActs acts,
            Origins origins,
            List<ApprovableAct> approvable,
            InstantSource clock,
            SecureRandom random) {
        return new FourEyes(settings, store, acts, origins, approvable, clock, random);
    }

    @Bean
    ReissueActs reissueActs(JdbcAuditedActs acts, Reissues reissues) {
        return new RecordedReissueActs(acts, reissues);
    }

    @Bean
    FederationActs federationActs(JdbcAuditedActs acts, Relationships relationships) {
        return new RecordedFederationActs(acts, relationships);
    }

    @Bean
    RecoveryActs recoveryActs(JdbcAuditedActs acts, Losses losses) {
        return new RecordedRecoveryActs(acts, losses);
    }

    @Bean
    KeyActs keyActs(JdbcAuditedActs acts, KeyWrappings wrappings) {
        return new RecordedKeyActs(acts, wrappings);
    }

    @Bean
    AdminActs adminActs(
            JdbcAuditedActs acts,
            JoinTokenActs tokens,
            PolicyActs policies,
            SuspensionActs suspensions,
            FourEyes fourEyes,
            JdbcApprovalStore store,
            LedgerSettings settings) {
        return new RecordedAdminActs(
                acts, tokens, policies, suspensions, fourEyes, store, settings.replica());
    }
}
