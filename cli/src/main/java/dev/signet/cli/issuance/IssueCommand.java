package dev.signet.cli.issuance;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.Lifetimes;
import dev.signet.cli.OutputOptions;
import dev.signet.cli.home.HeldLock;
import dev.signet.cli.home.PrivateFiles;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.ServerOptions;
import dev.signet.client.CaAddress;
import dev.signet.client.CaClient;
import dev.signet.client.ClientOptions;
import dev.signet.client.CredentialSource;
import dev.signet.client.FirstTrust;
import dev.signet.client.IssueRequest;
import dev.signet.client.IssuedCertificate;
import dev.signet.client.IssuedIdentity;
import dev.signet.client.KeyType;
import dev.signet.client.SpiffeId;
import dev.signet.client.X509Svid;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/// `signet issue`.
@Command(
        name = "issue",
        description = {
            "Make a key here and get a certificate for it.",
            "Writes key.pem (mode 0600), cert.pem (the certificate, then its issuer) and bundle.pem"
                    + " (what to trust) to a directory; with --format p12 or jks a keystore and a"
                    + " truststore instead of the first two."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signet issue --token-file token --out orders",
            "  signet issue --token-file token --out orders --dns orders.shop.svc",
            "  signet issue --token-file token --out orders --csr orders.csr",
            "  signet issue --token-file token --out orders --format p12"
        })
public final class IssueCommand implements Callable<Integer> {

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
    private @Nullable KeyType keyType;

    @Option(
            names = "--csr",
            paramLabel = "FILE",
            description = "Certification request, for a key that stays there.")
    private @Nullable Path certificationRequest;

    @Mixin private NameOptions names;

    @Option(
            names = {"--lifetime", "--ttl"},
            paramLabel = "TIME",
            converter = Lifetimes.class,
            description = "Requested lifetime, such as 2h; default: policy's.")
    private @Nullable Duration lifetime;

    @Option(
            names = "--spiffe-id",
            paramLabel = "ID",
            description = "Requested identity, where the token is good for several.")
    private @Nullable String spiffeId;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "Requested profile; default: policy's.")
    private @Nullable String profile;

    @Mixin private FormatOptions format;

    @Option(names = "--force", description = "Replace files that are there.")
    private boolean force;

    @Mixin private ServerOptions server;
    @Mixin private OutputOptions output;
    @Spec private CommandSpec spec;

    public IssueCommand(Terminal terminal) {
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
        FileFormat as = format.format() == null ? FileFormat.PEM : format.format();
        if (certificationRequest != null && (keyType != null || as != FileFormat.PEM)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--csr: the key stays where it is (expected: neither --key-type nor --format "
                            + "p12 or jks)");
        }
        // First whatever can go wrong here: a token that is spent cannot be used again.
        Files.createDirectories(directory);
        if (!Files.isWritable(directory)) {
            throw new CommandFailedException("NOT_WRITABLE", directory + " cannot be written");
        }
        IssueRequest request =
                new IssueRequest(
                        keyType == null ? KeyType.P256 : keyType,
                        lifetime,
                        requestedIdentity(),
                        names.names(),
                        profile);
        if (certificationRequest != null) {
            certify(RequestFile.read(certificationRequest), request);
        } else {
            issue(as, request);
        }
        return ExitCode.OK;
    }

    private void issue(FileFormat as, IssueRequest request) throws IOException {
        // Before a password is asked for.
        requireFree(
                as == FileFormat.PEM
                        ? PemFiles.in(directory).all()
                        : KeystoreFiles.in(directory, as, bundle(), new char[0]).all());
        CredentialFiles files =
                as == FileFormat.PEM
                        ? PemFiles.in(directory)
                        : KeystoreFiles.in(
                                directory,
                                as,
                                bundle(),
                                format.newPassword(KeystoreFiles.keystore(directory, as)));
        IssuedIdentity issued = client().issue(evidence.source(), request);
        X509Svid svid = issued.svid();
        List<Path> moved;
        try (HeldLock _ = HeldLock.of(files.key())) {
            moved =
                    files.write(
                            svid.privateKey(),
                            svid.privateKeyPem(),
                            svid.chain(),
                            issued.bundle().authorities());
        }
        IssuedReport report = new IssuedReport(terminal, output.json());
        report.result(svid.spiffeId(), svid.leaf(), files.all(), issued.notices(), null);
        report.moved(moved);
    }

    /// The chain and the bundle, without a key.
    private void certify(RequestFile csr, IssueRequest request) throws IOException {
        Path certificate = directory.resolve(PemFiles.CERTIFICATE);
        Map<String, Path> files = new LinkedHashMap<>();
        files.put("certificate", certificate);
        files.put("bundle", bundle());
        requireFree(files);
        IssuedCertificate issued =
                client().certify(evidence.source(), csr.der(), csr.publicKey(), request);
        PrivateFiles.writePublic(certificate, issued.chainPem());
        PrivateFiles.writePublic(bundle(), issued.bundle().pem());
        new IssuedReport(terminal, output.json())
                .result(issued.spiffeId(), issued.leaf(), files, issued.notices(), null);
    }

    private Path bundle() {
        return directory.resolve(PemFiles.BUNDLE);
    }

    private void requireFree(Map<String, Path> files) {
        for (Path file : files.values()) {
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

    private @Nullable SpiffeId requestedIdentity() {
        try {
            return spiffeId == null ? null : SpiffeId.parse(spiffeId);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--spiffe-id: " + e.getMessage(), e);
        }
    }
}
