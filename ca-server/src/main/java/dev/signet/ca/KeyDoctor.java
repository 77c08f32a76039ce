package dev.signet.ca;

import com.zaxxer.hikari.HikariDataSource;

import dev.signet.ca.authority.JdbcKeyRecords;
import dev.signet.ca.authority.KeyExamination;
import dev.signet.ca.authority.KeyFinding;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.JdbcLookUps;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Examines a server's keys without a server: by its settings and its database.
public final class KeyDoctor {

    private KeyDoctor() {}

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(SignetSettings.class)
    static class SettingsOnly {}

    /// Reads only. Settings come from where [CaServer] takes them. Blocks for as long as files,
    /// token and database take, within their time-outs.
    ///
    /// @param settings names as in docs/configuration.md, with their `signet.` prefix
    /// @throws StartFailedException when the settings themselves are wrong
    public static List<KeyFinding> examine(Map<String, String> settings, InstantSource clock) {
        try (ConfigurableApplicationContext context =
                SettingsContext.of(SettingsOnly.class, arguments(settings))) {
            SignetSettings all = context.getBean(SignetSettings.class);
            List<HikariDataSource> opened = new ArrayList<>();
            try {
                return new KeyExamination(
                                all.authority(),
                                new TrustDomain(all.trustDomain()),
                                CryptoProvider.detect(),
                                all.ledger().maxClockSkew(),
                                clock,
                                System::getenv)
                        .examine(() -> {
                            opened.add(JdbcLookUps.open(all.database()));
                            return JdbcKeyRecords.over(opened.getFirst());
                        });
            } finally {
                opened.forEach(HikariDataSource::close);
            }
        }
    }

    private static List<String> arguments(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .toList();
    }
}
