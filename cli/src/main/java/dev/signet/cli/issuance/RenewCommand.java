package dev.signet.cli.issuance;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.Lifetimes;
import dev.signet.cli.OutputOptions;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.ServerOptions;
import dev.signet.client.CaAddress;
import dev.signet.client.CaClient;
import dev.signet.client.ClientOptions;
import dev.signet.client.FirstTrust;
import dev.signet.client.KeyType;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/// `signet renew`.
@Command(
        name = "renew",
        description = {
            "Renew a certificate whose key is here, once or for as long as this runs.",
            "Replaces key, certificate and trust bundle of 'signet issue': a new key, the same"
                    + " identity, the same names. Due when a third of the life is left.",
            "Trusts the server by DIR/bundle.pem or --bundle."
        },
        footerHeading = "%nExit codes, beside those of 'signet --help':%n",
        footer = {
            "  0   renewed; or replaced by another process meanwhile; or stopped (--daemon)",
            "  1   refused, or the files or --exec failed",
            "  4   the certificate has ended: only a token helps",
            "  5   not due yet; --force renews all the same",
            "",
            "Examples:",
            "  signet renew --dir orders",
            "  signet renew --dir orders --daemon --exec 'nginx -s reload'",
            "  signet renew --cert tls.crt --key tls.key --daemon --pid-file nginx.pid"
        })
public final class RenewCommand implements Callable<Integer> {

    private final Terminal terminal;
    private final InstantSource clock;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Directory that 'signet issue' wrote to.")
    private @Nullable Path directory;

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "Certificate and its issuer, PEM, instead of --dir.")
    private @Nullable Path certificate;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "Its key, PEM; may be the same file.")
    private @Nullable Path key;

    @Option(names = "--force", description = "Renew although it is not due.")
    private boolean force;

    @Option(names = "--daemon", description = "Keep renewing until SIGTERM.")
    private boolean daemon;

    @Option(names = "--keep-key", description = "Keep the key (default: a new one).")
    private boolean keepKey;

    @Option(
            names = "--key-type",
            paramLabel = "TYPE",
            converter = KeyTypes.class,
            description = "Type of the new key; default: that of the old one.")
    private @Nullable KeyType keyType;

    @Option(
            names = "--lifetime",
            paramLabel = "TIME",
            converter = Lifetimes.class,
            description = "Requested lifetime, such as 2h; default: policy's.")
    private @Nullable Duration lifetime;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "Requested profile; default: policy's.")
    private @Nullable String profile;

    @Option(names = "--no-names", description = "Do not request the names again.")
    private boolean withoutNames;

    @Mixin private FormatOptions format;
    @Mixin private AfterRenewal after;
    @Mixin private ServerOptions server;
    @Mixin private OutputOptions output;
    @Spec private CommandSpec spec;

    public RenewCommand(Terminal terminal, InstantSource clock) {
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        after.check();
        if (keepKey && keyType != null) {
            throw usage("--keep-key and --key-type: both are given (expected: one of them)");
        }
        CredentialFiles files = files();
        Path trust = files.bundle() == null ? server.bundle() : readable(files.bundle());
        String address = server.address();
        Renewal renewal =
                new Renewal(
                        files,
                        () ->
                                new CaClient(
                                        List.of(CaAddress.parse(address)),
                                        FirstTrust.bundleFile(trust),
                                        ClientOptions.DEFAULTS),
                        new Renewal.Request(keyType, keepKey, lifetime, profile, !withoutNames),
                        clock);
        IssuedReport report = new IssuedReport(terminal, output.json());
        Renewal.Outcome found = renewal.look();
        HeldCertificate held =
                switch (found) {
                    case Renewal.Replaced completed -> completed.held();
                    case Renewal.NotDue there -> there.held();
                    case Renewal.Renewed done -> done.held();
                };
        if (held.others() && !withoutNames) {
            report.warn(
                    files.certificate()
                            + " has names of other kinds, which a renewal cannot ask for: the next"
                            + " certificate will not have them");
        }
        if (daemon) {
            return new RenewDaemon(renewal, held, after, report, clock)
                    .run(found instanceof Renewal.Replaced);
        }
        return once(renewal, found, held, report);
    }

    private int once(
            Renewal renewal, Renewal.Outcome found, HeldCertificate held, IssuedReport report)
            throws IOException {
        if (found instanceof Renewal.Replaced) {
            return replaced(renewal, held, "an interrupted replacement is complete", report);
        }
        if (!force && clock.instant().isBefore(held.due())) {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("renewed", false);
            values.put("due", held.due());
            values.put("not_after", held.notAfter());
            report.result(
                    "not renewed: "
                            + renewal.files().certificate()
                            + " is good until "
                            + held.notAfter()
                            + " and due at "
                            + held.due()
                            + "; --force renews it now",
                    values);
            return ExitCode.ANSWER_IS_NO;
        }
        return switch (renewal.renew(held.leaf())) {
            case Renewal.Renewed done -> {
                AfterRenewal.Result result = after.run(terminal);
                report.result(
                        done.issued().svid().spiffeId(),
                        done.held().leaf(),
                        renewal.files().all(),
                        done.issued().notices(),
                        result);
                report.moved(done.moved());
                yield ended(result);
            }
            case Renewal.Replaced other ->
                    replaced(renewal, other.held(), "another process has renewed it", report);
            case Renewal.NotDue _ -> ExitCode.ANSWER_IS_NO;
        };
    }

    private int replaced(Renewal renewal, HeldCertificate held, String what, IssuedReport report) {
        AfterRenewal.Result result = after.run(terminal);
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("renewed", false);
        values.put("replaced", what);
        values.put("due", held.due());
        values.put("not_after", held.notAfter());
        if (result != null) {
            values.put("after", IssuedReport.json(result));
        }
        report.result(
                what + ": " + renewal.files().certificate() + " is good until " + held.notAfter(),
                values);
        return ended(result);
    }

    private int ended(AfterRenewal.@Nullable Result result) {
        if (result == null) {
            return ExitCode.OK;
        }
        if (result.problem() != null) {
            throw new CommandFailedException(
                    "AFTER_RENEWAL",
                    "the files are replaced, but " + result.what() + " " + result.problem());
        }
        if (!output.json()) {
            terminal.err().println(result.what() + ": done");
        }
        return ExitCode.OK;
    }

    private CredentialFiles files() throws IOException {
        if (directory != null) {
            if (certificate != null || key != null) {
                throw usage("--dir and --cert or --key: both are given (expected: one of them)");
            }
            return inDirectory(directory);
        }
        if (certificate == null || key == null) {
            throw usage(
                    "the files are missing (expected: --dir DIR, or --cert FILE and --key FILE)");
        }
        if (format.format() != null && format.format() != FileFormat.PEM) {
            throw usage("--format: keystores are found by --dir");
        }
        // A link leads to the file that is to be replaced.
        return new PemFiles(key.toRealPath(), certificate.toRealPath(), server.givenBundle());
    }

    private CredentialFiles inDirectory(Path in) {
        List<FileFormat> found = new ArrayList<>();
        for (FileFormat each : FileFormat.values()) {
            if (Files.exists(keyFile(in, each))
                    && (format.format() == null || each == format.format())) {
                found.add(each);
            }
        }
        if (found.isEmpty()) {
            throw new CommandFailedException(
                    "NO_CREDENTIAL",
                    "there is no "
                            + (format.format() == null
                                    ? "key.pem, keystore.p12 or keystore.jks"
                                    : keyFile(in, format.format()).getFileName().toString())
                            + " in "
                            + in
                            + "\nName the directory that 'signet issue' wrote to, or give --cert and"
                            + " --key");
        }
        if (found.size() > 1) {
            throw usage(
                    "--dir: there are several keys in "
                            + in
                            + " (expected: one; name it with --format)");
        }
        FileFormat one = found.getFirst();
        Path bundle =
                server.givenBundle() == null ? in.resolve(PemFiles.BUNDLE) : server.givenBundle();
        return switch (one) {
            case PEM ->
                    new PemFiles(
                            in.resolve(PemFiles.KEY), in.resolve(PemFiles.CERTIFICATE), bundle);
            case P12, JKS -> KeystoreFiles.in(in, one, bundle, format.password(keyFile(in, one)));
        };
    }

    private static Path keyFile(Path in, FileFormat format) {
        return format == FileFormat.PEM
                ? in.resolve(PemFiles.KEY)
                : KeystoreFiles.keystore(in, format);
    }

    private static Path readable(Path bundle) {
        if (!Files.isReadable(bundle)) {
            throw new CommandFailedException(
                    "NO_BUNDLE",
                    "no trust bundle at " + bundle + "\nName the one of the server with --bundle");
        }
        return bundle;
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
