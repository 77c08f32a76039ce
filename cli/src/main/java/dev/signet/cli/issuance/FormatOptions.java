package dev.signet.cli.issuance;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.output.Prompt;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Arrays;

/// How files are written and read, and by which password.
final class FormatOptions {

    /// The JDK's keytool takes no shorter one.
    private static final int MIN_PASSWORD = 6;

    private static final String OPTION = "--password-file FILE";

    @Option(names = "--format", paramLabel = "FORMAT", description = "pem (default), p12 or jks.")
    private @Nullable FileFormat format;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "First line: keystore password; default: prompt.")
    private @Nullable Path passwordFile;

    @Nullable FileFormat format() {
        return format;
    }

    /// The password of a keystore that is there.
    char[] password(Path keystore) {
        return passwordFile == null
                ? Prompt.secret("password of " + keystore, OPTION)
                : Prompt.firstLine(passwordFile);
    }

    /// A password for a keystore that is to be made.
    char[] newPassword(Path keystore) {
        char[] password = password(keystore);
        if (password.length < MIN_PASSWORD) {
            throw new CommandFailedException(
                    "PASSWORD_TOO_SHORT",
                    "the password has "
                            + password.length
                            + " characters (expected: at least "
                            + MIN_PASSWORD
                            + ", as keytool asks for)");
        }
        if (passwordFile == null
                && !Arrays.equals(password, Prompt.secret("the same again", OPTION))) {
            throw new CommandFailedException("PASSWORD_DIFFERS", "the two passwords differ");
        }
        return password;
    }
}
