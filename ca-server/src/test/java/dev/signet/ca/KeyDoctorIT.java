package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.authority.KeyFinding;
import dev.signet.ca.authority.KeyFinding.Level;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the doctor says of a sound CA, and of each way to spoil it.
class KeyDoctorIT {

    private TestDatabase database;
    private ServerRig.Site site;

    @BeforeEach
    void start() throws Exception {
        database = TestDatabase.create();
        site = new ServerRig.Site();
        Files.setPosixFilePermissions(
                site.directory.resolve("kek"), PosixFilePermissions.fromString("rw-------"));
        ServerRig.start(site, database, Map.of()).close();
    }

    @AfterEach
    void stop() {
        site.close();
        database.close();
    }

    private List<KeyFinding> examine(Map<String, String> more, InstantSource clock) {
        Map<String, String> settings =
                new HashMap<>(
                        site.settings(database.url(), database.username(), database.password()));
        settings.putAll(more);
        return KeyDoctor.examine(settings, clock);
    }

    private List<KeyFinding> examine() {
        return examine(Map.of(), InstantSource.system());
    }

    private static List<KeyFinding> of(List<KeyFinding> findings, Level level) {
        return findings.stream().filter(finding -> finding.level() == level).toList();
    }

    @Test
    void findsNothingWrongWithASoundOne() {
        List<KeyFinding> findings = examine();
        assertThat(of(findings, Level.FAIL)).isEmpty();
        assertThat(of(findings, Level.WARN)).isEmpty();
        assertThat(findings)
                .anyMatch(finding ->
                        finding.text().contains("opens, is its certificate's, and signs"))
                .hasSizeGreaterThan(8);
    }

    @Test
    void namesTheKeyEncryptionKeyThatIsMissing() throws Exception {
        Files.writeString(site.directory.resolve("other"), "B".repeat(43) + "=");
        List<KeyFinding> findings =
                examine(
                        Map.of(
                                "signet.authority.key-encryption-key.file",
                                site.directory.resolve("other").toString()),
                        InstantSource.system());
        assertThat(of(findings, Level.FAIL))
                .hasSize(2)
                .allMatch(finding -> finding.text().contains("no key-encryption key"))
                .allMatch(finding -> finding.remedy().contains("further-key-encryption-keys"));
    }

    @Test
    void saysThatThereIsNoKeyEncryptionKeyFile() throws Exception {
        Files.delete(site.directory.resolve("kek"));
        assertThat(of(examine(), Level.FAIL))
                .anyMatch(finding -> finding.subject().equals("key-encryption key"))
                .anyMatch(finding -> finding.check().equals("key"));
    }

    @Test
    void warnsOfAFileThatOthersMayRead() throws Exception {
        Files.setPosixFilePermissions(
                site.directory.resolve("kek"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(of(examine(), Level.WARN))
                .singleElement()
                .satisfies(finding -> assertThat(finding.remedy()).startsWith("chmod 600"));
    }

    @Test
    void saysWhatHasExpiredAndThatTheClockIsApart() {
        List<KeyFinding> findings =
                examine(
                        Map.of(),
                        java.time.Clock.offset(java.time.Clock.systemUTC(), Duration.ofDays(366)));
        assertThat(of(findings, Level.FAIL))
                .anyMatch(finding -> finding.subject().equals("clock"))
                .anyMatch(finding -> finding.text().contains("nothing is issued"))
                .anyMatch(finding -> finding.remedy().contains("it has expired"));
    }

    @Test
    void findsADamagedKeyAndOneOfAnotherCertificate() {
        database.ownerJdbcClient()
                .sql(
                        """
                        UPDATE authority.private_key
                        SET wrapped_key = set_byte(wrapped_key, 20, get_byte(wrapped_key, 20) # 1)
                        """)
                .update();
        assertThat(of(examine(), Level.FAIL))
                .hasSize(2)
                .allMatch(finding -> finding.text().contains("was changed after it was stored"));
    }

    @Test
    void saysThatTheDatabaseIsAway() {
        database.close();
        assertThat(of(examine(), Level.FAIL))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.subject()).isEqualTo("database");
                    assertThat(finding.remedy()).contains("signet.database");
                });
    }

    @Test
    void R20_showsNoSecret() throws Exception {
        String key = Files.readString(site.directory.resolve("kek"));
        assertThat(examine().toString()).doesNotContain(key);
    }
}
