package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

class SettingsTest {

    private static final SettingNames NAMES = SettingNames.of(SignetSettings.class, "signet");
    private static final Pattern ROW = Pattern.compile("\\| `(signet\\.[^`]+)` \\| ([^|]*) \\|.*");

    @Test
    void theTableInTheDocumentHasEverySettingAndNoOther() throws Exception {
        assertThat(documented().keySet()).containsExactlyInAnyOrderElementsOf(NAMES.all());
    }

    @Test
    void theTableInTheDocumentHasTheDefaultsOfTheRecords() throws Exception {
        Map<String, String> documented = documented();
        Map<String, String> defaults = new LinkedHashMap<>();
        defaults(SignetSettings.class, "signet", defaults);
        assertThat(defaults).isNotEmpty();
        defaults.forEach((name, value) -> {
            if (!value.isEmpty()) {
                assertThat(documented.get(name)).as(name).isEqualTo(value);
            }
        });
    }

    @Test
    void everyDocumentedDurationAndNumberBinds() throws Exception {
        Map<String, String> all = required();
        documented()
                .forEach((name, value) -> {
                    if (value.matches("[0-9]+[a-z]*") && !name.contains("[n]")) {
                        all.put(name, value);
                    }
                });
        SignetSettings documented = bind(all);
        assertThat(documented).isEqualTo(withSameKey(bind(required()), documented));
    }

    /// The key-encryption key's settings are a class, compared by identity.
    private static SignetSettings withSameKey(SignetSettings settings, SignetSettings other) {
        return new SignetSettings(
                settings.trustDomain(),
                settings.logLevel(),
                settings.database(),
                settings.ledger(),
                settings.approval(),
                settings.audit(),
                new dev.signet.ca.authority.AuthoritySettings(
                        settings.authority().rootKeyType(),
                        settings.authority().issuingKeyType(),
                        settings.authority().rootLifetime(),
                        settings.authority().issuingLifetime(),
                        settings.authority().issuingPathLength(),
                        settings.authority().minimumRemainder(),
                        settings.authority().refreshInterval(),
                        other.authority().keyEncryptionKey(),
                        settings.authority().furtherKeyEncryptionKeys(),
                        settings.authority().newKeys(),
                        settings.authority().pkcs11()),
                settings.trust(),
                settings.status(),
                settings.federation(),
                settings.rotation(),
                settings.attestation(),
                settings.policy(),
                settings.issuance(),
                settings.grpc(),
                settings.http(),
                settings.operator(),
                settings.admin(),
                settings.stop());
    }

    @Test
    void namesTheNearestSettingForAnUnknownVariableOrProperty() {
        UnknownSettings unknown = new UnknownSettings(NAMES);
        assertThat(
                        unknown.objections(
                                Map.of(
                                        "SIGNET_GRPC_PROT",
                                        "1",
                                        "SIGNET_HTTP_PORT",
                                        "1",
                                        "PATH",
                                        "x"),
                                Map.of("signet.grcp.port", "2", "signet.trust-domain", "a")))
                .containsExactly(
                        "Unknown setting 'SIGNET_GRPC_PROT' (environment variable). Did you mean"
                                + " 'SIGNET_GRPC_PORT'?",
                        "Unknown setting 'signet.grcp.port' (system property). Did you mean"
                                + " 'signet.grpc.port'?");
    }

    @Test
    void knowsIndexedSettingsInEveryForm() {
        assertThat(NAMES.knowsVariable("SIGNET_ATTESTATION_TOKENISSUERS_0_JWKSFILE")).isTrue();
        assertThat(NAMES.knowsVariable("SIGNET_POLICY_SERVERDNSNAMES")).isTrue();
        assertThat(NAMES.knowsVariable("SIGNET_POLICY_SERVERDNSNAMES_1")).isTrue();
        assertThat(NAMES.knows("signet.policy.server-dns-names[1]")).isTrue();
        assertThat(NAMES.knows("signet.policy.server-dns-names")).isTrue();
        assertThat(NAMES.knows("signet.attestation.token-issuers[3].audiences[0]")).isTrue();
        assertThat(NAMES.knows("signet.attestation.token-issuers[3].audience")).isFalse();
    }

    @Test
    void refusesToStartWithAnUnknownSettingAndNamesTheNearest() {
        Map<String, String> settings = required();
        settings.put("signet.grpc.prot", "1");
        assertThatThrownBy(() -> CaServer.start(settings))
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("Unknown setting 'signet.grpc.prot'")
                .hasMessageContaining("Did you mean 'signet.grpc.port'?");
    }

    @Test
    void saysWhichSettingIsOutOfBounds() {
        Map<String, String> settings = required();
        settings.put("signet.grpc.port", "99999");
        assertThatThrownBy(() -> CaServer.start(settings))
                .isInstanceOf(StartFailedException.class)
                .hasMessage("signet.grpc.port: 99999 (expected: 0 to 65535)");
    }

    @Test
    void saysThatTheTrustDomainIsMissing() {
        assertThatThrownBy(() ->
                        CaServer.start(
                                Map.of(
                                        "signet.grpc.port",
                                        "0",
                                        "signet.database.url",
                                        "jdbc:postgresql:x",
                                        "signet.authority.key-encryption-key.base64",
                                        "x")))
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("signet.trust-domain is not set");
    }

    private static Map<String, String> required() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("signet.trust-domain", "example.org");
        settings.put("signet.database.url", "jdbc:postgresql://127.0.0.1:1/x");
        settings.put("signet.authority.key-encryption-key.file", "kek");
        return settings;
    }

    private static SignetSettings bind(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bind("signet", SignetSettings.class)
                .get();
    }

    private static Map<String, String> documented() throws Exception {
        Map<String, String> rows = new LinkedHashMap<>();
        for (String line : Files.readAllLines(document("configuration.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                rows.put(row.group(1), row.group(2).strip());
            }
        }
        return rows;
    }

    static Path document(String name) {
        Path here = Path.of("").toAbsolutePath();
        for (Path directory = here; directory != null; directory = directory.getParent()) {
            Path document = directory.resolve("docs").resolve(name);
            if (Files.exists(document)) {
                return document;
            }
        }
        throw new IllegalStateException("no docs/" + name + " above " + here);
    }

    private static void defaults(Class<?> type, String prefix, Map<String, String> defaults) {
        for (Parameter parameter : type.getConstructors()[0].getParameters()) {
            String name = prefix + "." + SettingNames.dashed(parameter.getName());
            DefaultValue value = parameter.getAnnotation(DefaultValue.class);
            if (value != null && List.of(value.value()).size() == 1) {
                defaults.put(name, value.value()[0]);
            }
            if (parameter.getType().isRecord()) {
                defaults(parameter.getType(), name, defaults);
            }
        }
    }
}
