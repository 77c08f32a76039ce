package dev.signet.ca.attestation;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.RealLedger;
import dev.signet.ca.trust.TrustBundle;
import dev.signet.ca.trust.TrustBundles;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import javax.sql.DataSource;

/// Attestation for tests of other packages: join tokens on a real database, certificates against
/// given roots, no token issuers.
public final class TestAttestation {

    private TestAttestation() {}

    /// Each statement by itself.
    public static JoinTokens joinTokens(JdbcClient jdbc, InstantSource clock) {
        return new JdbcJoinTokens(
                jdbc,
                TransactionOperations.withoutTransaction(),
                RealLedger.joinTokenRedemptions(jdbc),
                new SecureRandom(),
                clock);
    }

    /// In transactions, as the server's are.
    public static JoinTokens joinTokens(DataSource dataSource, InstantSource clock) {
        JdbcClient jdbc = JdbcClient.create(dataSource);
        return new JdbcJoinTokens(
                jdbc,
                new TransactionTemplate(new JdbcTransactionManager(dataSource)),
                RealLedger.joinTokenRedemptions(jdbc),
                new SecureRandom(),
                clock);
    }

    /// A token that is on record nowhere.
    public static CreatedJoinToken created() {
        return new CreatedJoinToken("secret", "id", java.time.Instant.EPOCH);
    }

    public static Attestation of(JoinTokens joinTokens, TrustDomain trustDomain, byte[]... roots) {
        return new EvidenceAttestation(
                new TokenAttestor(Map.of(), TestCertificates.CRYPTO, 10),
                noClusters(),
                new JoinTokenAttestor(joinTokens),
                new CertificateAttestor(
                        trustDomain,
                        new IssuerPaths(
                                new FixedBundle(trustDomain, 1, roots),
                                _ -> true,
                                TestCertificates.CRYPTO),
                        _ -> java.util.Optional.empty(),
                        TestAttestation.noRevokedIssuers()),
                InstantSource.system());
    }

    /// Certificates only, against the roots that are trusted at each call.
    public static Attestation ofCertificates(TrustDomain trustDomain, TrustBundles bundles) {
        return new EvidenceAttestation(
                new TokenAttestor(Map.of(), TestCertificates.CRYPTO, 10),
                noClusters(),
                new JoinTokenAttestor(new NoJoinTokens()),
                new CertificateAttestor(
                        trustDomain,
                        new IssuerPaths(bundles, _ -> true, TestCertificates.CRYPTO),
                        _ -> java.util.Optional.empty(),
                        TestAttestation.noRevokedIssuers()),
                InstantSource.system());
    }

    static RevokedIssuers noRevokedIssuers() {
        return new RevokedIssuers(
                new IssuerPaths(
                        new FixedBundle(new TrustDomain("example.org"), 1),
                        _ -> false,
                        TestCertificates.CRYPTO),
                _ -> java.util.Optional.empty(),
                _ -> false);
    }

    static ClusterAttestor noClusters() {
        return new ClusterAttestor(
                List.of(),
                TestCertificates.CRYPTO,
                InstantSource.system(),
                System::nanoTime,
                new SimpleMeterRegistry());
    }

    /// Clusters only; no other token issuer, no certificates of ours.
    static EvidenceAttestation ofClusters(ClusterAttestor clusters, InstantSource clock) {
        return of(
                new TokenAttestor(Map.of(), clusters.issuers(), TestCertificates.CRYPTO, 10),
                clusters,
                clock);
    }

    /// Tokens only; no cluster, no certificates of ours.
    static EvidenceAttestation of(TokenAttestor tokens) {
        return of(tokens, noClusters(), InstantSource.system());
    }

    private static EvidenceAttestation of(
            TokenAttestor tokens, ClusterAttestor clusters, InstantSource clock) {
        TrustDomain trustDomain = new TrustDomain("example.org");
        return new EvidenceAttestation(
                tokens,
                clusters,
                new JoinTokenAttestor(new NoJoinTokens()),
                new CertificateAttestor(
                        trustDomain,
                        new IssuerPaths(
                                new FixedBundle(trustDomain, 1),
                                _ -> true,
                                TestCertificates.CRYPTO),
                        _ -> java.util.Optional.empty(),
                        TestAttestation.noRevokedIssuers()),
                clock);
    }

    /// A trust bundle that a test replaces by hand.
    public static final class FixedBundle implements TrustBundles {
        private volatile TrustBundle bundle;

        public FixedBundle(TrustDomain trustDomain, long version, byte[]... roots) {
            replace(trustDomain, version, roots);
        }

        public void replace(TrustDomain trustDomain, long version, byte[]... roots) {
            bundle = new TrustBundle(trustDomain, version, List.of(roots), Duration.ofMinutes(5));
        }

        @Override
        public TrustBundle current() {
            return bundle;
        }

        @Override
        public AutoCloseable watch(Consumer<TrustBundle> listener) {
            throw new UnsupportedOperationException();
        }
    }
}
