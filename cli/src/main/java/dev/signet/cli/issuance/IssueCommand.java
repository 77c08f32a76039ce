package dev.signet.cli;

import dev.signet.cli.home.PrivateFiles;
import dev.signet.cli.output.Json;
import dev.signet.cli.output.Style;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.ServerOptions;
import dev.signet.client.CaAddress;
import dev.signet.client.CaClient;
import dev.signet.client.ClientOptions;
import dev.signet.client.CredentialSource;
import dev.signet.client.FirstTrust;
import dev.signet.client.IssuanceNotice;
import dev.signet.client.IssueRequest;
import dev.signet.client.IssuedIdentity;
import dev.signet.client.KeyType;
import dev.signet.client.SpiffeId;
import dev.signet.client.X509Svid;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

@Command(
        name = "issue",
        description = {
            "Make a key here and get a certificate for it.",
            "Writes key.pem (mode 0600), cert.pem (the certificate, then its issuer) and bundle.pem"
                    + " (what to trust) to a directory."
        })
final class IssueCommand implements Callable<Integer> {

    private final Terminal terminal;

    @ArgGroup(multiplicity = "1")
    private Evidence evidence;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Where the files go; made when missing.")
    private Path directory;

    @Option(
            names = "--key-type",
            paramLabel = "TYPE",
            converter = KeyTypes.class,
            description = "p256 (default), p384, ed25519, rsa-2048, rsa-3072 or rsa-4096.")
    private KeyType keyType = KeyType.P256;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            converter = Lifetimes.class,
            description = "Wished lifetime of the certificate, such as 90s or 2h.")
    private @Nullable Duration lifetime;

    @Option(
            names = "--spiffe-id",
            paramLabel = "ID",
            description = "Wished identity, where the token is good for several.")
    private @Nullable String spiffeId;

    @Option(names = "--force", description = "Replace files that are there.")
    private boolean force;

    @Mixin private ServerOptions server;
    @Mixin private OutputOptions output;

    IssueCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /// What the caller proves itself with.
    static final class Evidence {

        @Option(
                names = "--token",
                paramLabel = "TOKEN",
                description = "Join token; other users may see it in the list of processes.")
        private @Nullable String token;

        @Option(
                names = "--token-file",
                paramLabel = "FILE",
                description = "File with the join token; - reads it from stdin.")
        private @Nullable Path tokenFile;

        @Option(
                names = "--jwt-file",
                paramLabel = "FILE",
                description = "File with a Kubernetes ServiceAccount or OIDC token.")
        private @Nullable Path jwtFile;

        CredentialSource source() throws IOException {
            if (jwtFile != null) {
                return CredentialSource.tokenFile(jwtFile);
            }
            try {
                return CredentialSource.joinToken(joinToken().strip());
            } catch (IllegalArgumentException e) {
                throw new CommandFailedException(
                        ExitCode.FAILED, "NO_TOKEN", String.valueOf(e.getMessage()), e);
            }
        }

        private String joinToken() throws IOException {
            if (token != null) {
                return token;
            }
            if (tokenFile == null || tokenFile.toString().equals("-")) {
                return new String(System.in.readNBytes(4096), StandardCharsets.US_ASCII);
            }
            return Files.readString(tokenFile, StandardCharsets.US_ASCII);
        }
    }

    @Override
    public Integer call() throws IOException {
        // First whatever can go wrong here: a token that is spent cannot be used again.
        Path key = directory.resolve("key.pem");
        Path certificate = directory.resolve("cert.pem");
        Path bundle = directory.resolve("bundle.pem");
        prepare(List.of(key, certificate, bundle));
        IssuedIdentity issued =
                client().issue(evidence.source(), new IssueRequest(keyType, lifetime, wished()));
        X509Svid svid = issued.svid();
        PrivateFiles.writeSecret(key, svid.privateKeyPem());
        PrivateFiles.writePublic(certificate, svid.chainPem());
        PrivateFiles.writePublic(bundle, issued.bundle().pem());
        if (output.json()) {
            terminal.out().println(Json.write(json(issued, key, certificate, bundle)));
        } else {
            print(svid, key, certificate, bundle);
            printNotices(issued.notices());
        }
        return ExitCode.OK;
    }

    private void prepare(List<Path> files) throws IOException {
        Files.createDirectories(directory);
        if (!Files.isWritable(directory)) {
            throw new CommandFailedException("NOT_WRITABLE", directory + " cannot be written");
        }
        for (Path file : files) {
            if (!force && Files.exists(file)) {
                throw new CommandFailedException(
                        "FILE_EXISTS",
                        file + " is there already\nGive another --out, or --force to replace it");
            }
        }
    }

    private CaClient client() {
        return new CaClient(
                List.of(CaAddress.parse(server.address())),
                FirstTrust.bundleFile(server.bundle()),
                ClientOptions.DEFAULTS);
    }

    private @Nullable SpiffeId wished() {
        return spiffeId == null ? null : SpiffeId.parse(spiffeId);
    }

    private void print(X509Svid svid, Path key, Path certificate, Path bundle) {
        Style style = terminal.errStyle();
        terminal.err()
                .println(
                        style.green("✓")
                                + "  "
                                + style.bold(Style.printable(svid.spiffeId().toString()))
                                + style.dim("  until " + svid.notAfter()));
        terminal.out().println(key);
        terminal.out().println(certificate);
        terminal.out().println(bundle);
    }

    /// What was asked for and not given.
    private void printNotices(List<IssuanceNotice> notices) {
        for (IssuanceNotice notice : notices) {
            terminal.err()
                    .println("notice " + Style.printable(notice.code() + ": " + notice.text()));
        }
    }

    private static Map<String, Object> json(
            IssuedIdentity issued, Path key, Path certificate, Path bundle) {
        X509Svid svid = issued.svid();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("spiffe_id", svid.spiffeId().toString());
        json.put("serial_number", svid.serialNumber());
        json.put("not_before", svid.notBefore());
        json.put("not_after", svid.notAfter());
        json.put("key", key.toString());
        json.put("certificate", certificate.toString());
        json.put("bundle", bundle.toString());
        json.put(
                "notices",
                issued.notices().stream()
                        .map(notice -> Map.of("code", notice.code(), "text", notice.text()))
                        .toList());
        return json;
    }

    /// `rsa-2048` for `RSA_2048`.
    static final class KeyTypes implements ITypeConverter<KeyType> {
        @Override
        public KeyType convert(String text) {
            try {
                return KeyType.valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(
                        "'"
                                + text
                                + "' is no type of key (expected: p256, p384, ed25519, rsa-2048,"
                                + " rsa-3072 or rsa-4096)");
            }
        }
    }
}
