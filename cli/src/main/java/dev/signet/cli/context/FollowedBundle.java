package dev.signet.cli.context;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.home.HeldLock;
import dev.signet.cli.home.PrivateFiles;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminRequest;
import dev.signet.client.Pem;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Keeps a context's trust bundle at the CA's newest. It is asked for over the connection that a
/// command has, which the bundle of before has verified; what comes is taken only if it has a CA
/// certificate in common with that one and is not older. A client that is away while every root
/// changes is not led on: it needs the new bundle from its operator. Stateless.
final class FollowedBundle {

    private static final Pattern VERSION = Pattern.compile("# trust bundle version ([0-9]{1,18})");

    private FollowedBundle() {}

    /// @param client over whose connection a command was answered
    /// @param warnings what the user should know
    static void refresh(AdminClient client, Path file, Consumer<String> warnings) {
        try {
            JsonNode answer = client.send(AdminRequest.get("/v1/trust-bundle")).body();
            take(file, answer.path("version").asLong(0), answer.path("pem").asString(""), warnings);
        } catch (CommandFailedException e) {
            // Not permitted, or unreachable by now: what the command itself has met counts.
            if (e.exitCode() != ExitCode.NOT_PERMITTED && e.exitCode() != ExitCode.UNREACHABLE) {
                warnings.accept("the trust bundle was not looked at: " + e.getMessage());
            }
        } catch (IOException | IllegalArgumentException e) {
            warnings.accept("the trust bundle " + file + " was not renewed: " + e.getMessage());
        }
    }

    static void take(Path file, long version, String pem, Consumer<String> warnings)
            throws IOException {
        List<X509Certificate> offered = Pem.certificates(pem);
        // Commands at once: the older answer must not come last.
        try (HeldLock _ = HeldLock.of(file)) {
            String text = Files.readString(file, StandardCharsets.US_ASCII);
            List<X509Certificate> held = Pem.certificates(text);
            if (version < version(text) || held.equals(offered)) {
                return;
            }
            if (offered.stream().noneMatch(held::contains)) {
                warnings.accept(
                        "the CA's new trust bundle has nothing in common with "
                                + file
                                + " and was not taken; fetch it over a way that you trust");
                return;
            }
            if (offered.stream().anyMatch(one -> one.getBasicConstraints() < 0)) {
                warnings.accept("the CA's new trust bundle has a certificate that is no CA's");
                return;
            }
            PrivateFiles.writePublic(
                    file, "# trust bundle version " + version + "\n" + Pem.encode(offered));
        }
    }

    private static long version(String text) {
        Matcher matcher = VERSION.matcher(text);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }
}
