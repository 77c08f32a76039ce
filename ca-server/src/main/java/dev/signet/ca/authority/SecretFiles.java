package dev.signet.ca.authority;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/// Who may read the files that secrets are in.
final class SecretFiles {

    private static final Set<PosixFilePermission> TOO_MUCH =
            Set.of(
                    PosixFilePermission.GROUP_WRITE,
                    PosixFilePermission.OTHERS_READ,
                    PosixFilePermission.OTHERS_WRITE);

    private final List<KeyFinding> findings;

    SecretFiles(List<KeyFinding> findings) {
        this.findings = findings;
    }

    void examine(AuthoritySettings settings) {
        examine("key-encryption key", settings.keyEncryptionKey().file());
        for (KeyEncryptionKeySettings further : settings.furtherKeyEncryptionKeys()) {
            examine("key-encryption key", further.file());
        }
        examine("token", settings.pkcs11().pinFile());
        if (settings.keyEncryptionKey().base64() != null) {
            findings.add(
                    KeyFinding.warn(
                            "key-encryption key",
                            "place",
                            "stands among the settings",
                            "put it into a file of its own that only the server may read"));
        }
    }

    private void examine(String subject, @Nullable Path file) {
        if (file == null || !Files.exists(file)) {
            return; // said elsewhere
        }
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            String mode = file + " is " + PosixFilePermissions.toString(permissions);
            findings.add(
                    permissions.stream().anyMatch(TOO_MUCH::contains)
                            ? KeyFinding.warn(subject, "file mode", mode, "chmod 600 " + file)
                            : KeyFinding.pass(subject, "file mode", mode));
        } catch (IOException | UnsupportedOperationException e) {
            findings.add(
                    KeyFinding.warn(
                            subject,
                            "file mode",
                            file + ": " + e,
                            "see that only the server may read it"));
        }
    }
}
