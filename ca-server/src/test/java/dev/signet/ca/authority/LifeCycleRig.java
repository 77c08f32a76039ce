package dev.signet.ca.authority;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.TestDatabase;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executors;

import javax.sql.DataSource;

/// One replica's authorities over a database, at an instant that the test sets. Close it.
public final class LifeCycleRig implements AutoCloseable {

    public static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    final JdbcAuthorityStore store;
    final PolledAuthorities authorities;
    final AuthorityLifeCycle lifeCycle;
    final AuthorityLoader loader;
    final AuthorityFactory factory;
    final AuthorityKeys keys;
    final AuthoritySettings settings;
    volatile Instant now = NOW;

    public LifeCycleRig(TestDatabase database) {
        this(database.dataSource());
    }

    /// @param dataSource that whoever joins the transactions uses as well
    public LifeCycleRig(DataSource dataSource) {
        Duration rootLifetime = Duration.ofDays(3650);
        Duration issuingLifetime = Duration.ofDays(365);
        byte[] octets = new byte[32];
        Arrays.fill(octets, (byte) 5);
        settings =
                settings(rootLifetime, issuingLifetime, Base64.getEncoder().encodeToString(octets));
        TransactionTemplate transactions =
                new TransactionTemplate(new JdbcTransactionManager(dataSource));
        store = new JdbcAuthorityStore(JdbcClient.create(dataSource), transactions);
        keys =
                new SoftwareKeys(
                        TestCertificates.CRYPTO,
                        KeyEncryptionKeys.from(
                                settings, _ -> null, TestCertificates.CRYPTO.secureRandom()));
        factory = new AuthorityFactory(TestCertificates.CRYPTO, keys, CrlAddresses.NONE);
        loader =
                new AuthorityLoader(
                        TestCertificates.CRYPTO, keys, settings, TestAuthority.TRUST_DOMAIN);
        InstantSource clock = () -> now;
        authorities =
                new PolledAuthorities(
                        store,
                        factory,
                        loader,
                        settings,
                        TestAuthority.TRUST_DOMAIN,
                        clock,
                        Executors.newSingleThreadScheduledExecutor());
        lifeCycle =
                new RecordedLifeCycle(
                        store,
                        new AuthorityPreparation(
                                TestCertificates.CRYPTO,
                                store,
                                factory,
                                loader,
                                settings,
                                TestAuthority.TRUST_DOMAIN,
                                clock),
                        new AuthorityFitness(
                                TestCertificates.CRYPTO,
                                loader,
                                settings.minimumRemainder(),
                                clock),
                        new JdbcAuthorityTransactions(transactions, authorities::refresh));
        authorities.start();
    }

    private static AuthoritySettings settings(
            Duration rootLifetime, Duration issuingLifetime, String key) {
        return new AuthoritySettings(
                null,
                null,
                rootLifetime,
                issuingLifetime,
                null,
                null,
                Duration.ofHours(1),
                new KeyEncryptionKeySettings(null, null, key),
                null,
                null,
                null);
    }

    public AuthorityLifeCycle lifeCycle() {
        return lifeCycle;
    }

    public KnownAuthorities known() {
        return authorities;
    }

    public Authorities authorities() {
        return authorities;
    }

    public Instant now() {
        return now;
    }

    public void setNow(Instant instant) {
        now = instant;
    }

    AuthorityDescription described(String id) {
        return authorities.described().stream()
                .filter(authority -> authority.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    public List<AuthorityDescription> all(String role, String state) {
        return authorities.described().stream()
                .filter(authority -> authority.role().equals(role))
                .filter(authority -> authority.state().equals(state))
                .toList();
    }

    public AuthorityDescription active(String role) {
        List<AuthorityDescription> active = all(role, "active");
        if (active.size() != 1) {
            throw new AssertionError(active.size() + " active: " + active);
        }
        return active.getFirst();
    }

    public IssuingAuthority signing() {
        return switch (authorities.active(now)) {
            case Authorities.Selection.Usable(IssuingAuthority authority) -> authority;
            case Authorities.Selection.NotUsable(var refusal) -> throw new AssertionError(refusal);
        };
    }

    @Override
    public void close() {
        authorities.close();
    }
}
