package dev.signet.cli.context;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.home.HeldLock;
import dev.signet.cli.home.PrivateFiles;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminRequest;
import dev.signet.client.Pem;
import dev.signet.client.TrustBundle;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
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
        change(
                file,
                version,
                held -> {
                    if (held.equals(offered)) {
                        return Optional.empty();
                    }
                    if (offered.stream().noneMatch(held::contains)) {
                        warnings.accept(
                                "the CA's new trust bundle has nothing in common with "
                                        + file
                                        + " and was not taken; fetch it over a way that you trust");
                        return Optional.empty();
                    }
                    if (offered.stream().anyMatch(one -> one.getBasicConstraints() < 0)) {
                        warnings.accept(
                                "the CA's new trust bundle has a certificate that is no CA's");
                        return Optional.empty();
                    }
                    return Optional.of(text(version, offered));
                });
    }

    /// Takes over the bundle that came with a certificate, unless the file has a newer one.
    static void replace(Path file, TrustBundle bundle) throws IOException {
        change(file, bundle.version(), _ -> Optional.of(text(bundle)));
    }

    /// As a file keeps it.
    static String text(TrustBundle bundle) {
        return text(bundle.version(), bundle.authorities());
    }

    private static String text(long version, List<X509Certificate> authorities) {
        return "# trust bundle version " + version + "\n" + Pem.encode(authorities);
    }

    /// Commands at once: the older answer must not come last.
    private static void change(
            Path file, long version, Function<List<X509Certificate>, Optional<String>> otherThan)
            throws IOException {
        try (HeldLock _ = HeldLock.of(file)) {
            String text = Files.readString(file, StandardCharsets.US_ASCII);
            if (version < version(text)) {
                return;
            }
            Optional<String> next = otherThan.apply(Pem.certificates(text));
            if (next.isPresent()) {
                PrivateFiles.writePublic(file, next.get());
            }
        }
    }

    private static long version(String text) {
        Matcher matcher = VERSION.matcher(text);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }
}
