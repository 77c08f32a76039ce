package dev.signet.cli.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.cli.CommandFailedException;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

class DataDirectoryIT {

    private static final int NOBODY = 65_534;

    @TempDir Path directory;

    private void refused(Path data, String... words) {
        assertThatThrownBy(() -> DataDirectory.at(data).prepare(new SecureRandom()))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContainingAll(words);
    }

    private static Path mode(Path path, String permissions) throws IOException {
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private static void giveAway(Path path) throws IOException {
        Assumptions.assumeTrue(
                ((Number) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).intValue() == 0,
                "only root gives files away");
        Files.setAttribute(path, "unix:uid", NOBODY);
    }

    private Path prepared(String name) {
        Path data = directory.resolve(name);
        DataDirectory.at(data).prepare(new SecureRandom());
        return data;
    }

    @Test
    void whatWeMadeIsOursAndStaysAsItIs() throws Exception {
        Path data = prepared("data");
        String key = Files.readString(data.resolve("key-encryption-key"));
        prepared("data");
        assertThat(Files.readString(data.resolve("key-encryption-key"))).isEqualTo(key);
        mode(data, "rwxr-xr-x");
        prepared("data");
    }

    @Test
    void aDirectoryOfAnotherUserIsRefused() throws Exception {
        Path data = Files.createDirectory(directory.resolve("data"));
        giveAway(data);
        refused(data, data + " belongs to", "--data-dir");
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void aSecretThatAnotherUserPutThereIsRefused() throws Exception {
        for (String secret : new String[] {"key-encryption-key", "operator-credential"}) {
            Path data = prepared("with-" + secret);
            giveAway(data.resolve(secret));
            refused(data, data.resolve(secret) + " belongs to", "may know");
        }
    }

    @Test
    void aSecretThatOthersCanReadOrWriteIsRefused() throws Exception {
        for (String secret : new String[] {"key-encryption-key", "operator-credential"}) {
            for (String permissions : new String[] {"rw-r-----", "rw----r--", "rw--w----"}) {
                Path data = prepared(secret + permissions);
                mode(data.resolve(secret), permissions);
                refused(data, "open to others", "chmod 600 " + data.resolve(secret));
            }
        }
        Path data = prepared("postgres");
        Path password =
                Files.writeString(
                        Files.createDirectory(data.resolve("postgres")).resolve("password"), "x");
        mode(password, "rw-r--r--");
        refused(data, "open to others", password.toString());
    }

    @Test
    void aDirectoryThatOthersCanWriteToIsRefused() throws Exception {
        Path data = prepared("data");
        for (String permissions : new String[] {"rwxrwx---", "rwx----w-"}) {
            mode(data, permissions);
            refused(data, "can be written by others", "chmod 700 " + data);
        }
    }

    @Test
    void aPostgresDirectoryThatOthersCanReplaceFilesInIsRefused() throws Exception {
        Path data = prepared("data");
        Path postgres = Files.createDirectory(data.resolve("postgres"));
        prepared("data");
        mode(postgres, "rwxrwxrwx");
        refused(data, postgres + " can be written by others", "chmod 700");
        mode(postgres, "rwx------");
        Files.setAttribute(postgres, "unix:uid", uidOfAStranger());
        refused(data, postgres + " belongs to", "--data-dir");
    }

    private static int uidOfAStranger() throws IOException {
        Assumptions.assumeTrue(
                ((Number) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).intValue() == 0,
                "only root gives files away");
        return 12_345;
    }

    @Test
    void aPlaceWhereOthersCanPutAnotherDirectoryIsRefusedAlsoBehindALink() throws Exception {
        Path open = Files.createDirectory(directory.resolve("open"));
        Path data = open.resolve("a/data");
        DataDirectory.at(data).prepare(new SecureRandom());
        mode(open, "rwxrwxrwx");
        refused(data, "can be replaced by others", open.toString(), "chmod go-w");
        Path link = Files.createSymbolicLink(open.resolve("link"), prepared("closed"));
        refused(link, "can be replaced by others", open.toString());
        Files.setAttribute(open, "unix:mode", 01777);
        assertThatCode(() -> DataDirectory.at(data).prepare(new SecureRandom()))
                .as("as in /tmp, where nobody renames what is another's")
                .doesNotThrowAnyException();
    }

    @Test
    void aParentOfAnotherUserIsRefused() throws Exception {
        Path parent = Files.createDirectory(directory.resolve("parent"));
        Path data = parent.resolve("data");
        DataDirectory.at(data).prepare(new SecureRandom());
        giveAway(parent);
        refused(data, "can be replaced by others", parent + " belongs to");
    }
}
