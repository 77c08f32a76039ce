package dev.signet.ca.recovery;

import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.ledger.LedgerSettings;
import dev.signet.ca.revocation.RevocationLoss;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.time.InstantSource;

/// Beans of this package: [PresentedCertificates], [UnrecordedCertificates], [Losses]. Needs beans
/// `JdbcClient` over a migrated database, [RevocationLoss], [LedgerSettings], [CryptoProvider],
/// `InstantSource`, `MeterRegistry`.
@Configuration(proxyBeanMethods = false)
public class RecoveryConfiguration {

    @Bean
    JdbcUnrecordedCertificates unrecordedCertificates(JdbcClient jdbc, InstantSource clock) {
        return new JdbcUnrecordedCertificates(jdbc, clock);
    }

    @Bean
    JdbcLosses losses(
            JdbcClient jdbc, JdbcUnrecordedCertificates certificates, LedgerSettings ledger) {
        return new JdbcLosses(jdbc, certificates, ledger.replica());
    }

    @Bean(destroyMethod = "close")
    LossRecorder lossRecorder(RevocationLoss loss, JdbcLosses losses) {
        LossRecorder recorder = new LossRecorder(loss, losses, System::nanoTime);
        recorder.start();
        return recorder;
    }

    @Bean(destroyMethod = "close")
    LedgerComparison ledgerComparison(
            JdbcUnrecordedCertificates certificates, CryptoProvider crypto, MeterRegistry meters) {
        LedgerComparison comparison =
                new LedgerComparison(
                        certificates,
                        crypto,
                        Counter.builder("signet.recovery.unrecorded")
                                .description(
                                        "Certificates that verify as ours and are not on record:"
                                                + " a restored database, or a stolen CA key")
                                .register(meters));
        comparison.start();
        return comparison;
    }
}
