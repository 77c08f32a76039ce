package dev.signet.cli.admin;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Prompt;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminAnswer;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminRequest;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// The commands of `signet authorities` for roots and CAs that are elsewhere.
final class AuthorityIntakeCommands {

    private static final String PATH = AuthoritiesCommands.PATH;
    private static final int MOST_OCTETS = 64 * 1024;

    private AuthorityIntakeCommands() {}

    @Command(
            name = "request",
            description = "Make the key of an issuing CA, and a request for a root elsewhere.",
            footerHeading = "%nExample:%n",
            footer = "  signet authorities request --out request.pem --reason 'yearly change'")
    static final class Request extends AuthorityActCommands.ActCommand {

        @Option(
                names = "--out",
                paramLabel = "FILE",
                description = "Where to write it, PEM. Default: standard output.")
        private Path out;

        Request(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) throws IOException {
            AdminAnswer answer = client.send(AdminRequest.post(PATH + "/request", body()));
            if (json()) {
                printJson(answer.body());
            }
            String pem = Shown.text(answer.body(), "pem");
            if (out != null) {
                Files.writeString(out, pem);
                note(
                        "the request is in "
                                + out
                                + "; have it signed, then 'signet authorities accept'");
            } else if (!json()) {
                print(pem.strip());
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "accept",
            description = {
                "Take the certificate of a request, signed elsewhere; it signs after its activation.",
                "The root in it is trusted by all clients from now on."
            },
            footerHeading = "%nExample:%n",
            footer = "  signet authorities accept issuing.pem root.pem --reason 'yearly change'")
    static final class Accept extends AuthorityActCommands.ActCommand {

        @Parameters(
                arity = "1..8",
                paramLabel = "FILE",
                description = "PEM: the issuing CA, those between, and the root.")
        private List<Path> files;

        Accept(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            Map<String, Object> body = body();
            body.put("certificates", joined(files));
            return act(client, "/accept", body, "the issuing CA is prepared");
        }
    }

    @Command(
            name = "import",
            description = "Take a root or issuing CA along with its key; it does not sign yet.",
            footerHeading = "%nExample:%n",
            footer =
                    "  signet authorities import --pkcs12 ca.p12 --passphrase-file secret --reason 'move'")
    static final class Import extends AuthorityActCommands.ActCommand {

        @Parameters(
                arity = "0..8",
                paramLabel = "FILE",
                description = "PEM: certificates and the PKCS#8 key.")
        private List<Path> files = List.of();

        @Option(
                names = "--pkcs12",
                paramLabel = "FILE",
                description = "Certificates and key in one, instead of PEM.")
        private Path pkcs12;

        @Option(
                names = "--passphrase-file",
                paramLabel = "FILE",
                description =
                        "Passphrase of the key, first line of this file (default: asked for on the"
                                + " terminal).")
        private Path passphraseFile;

        @Option(
                names = "--alias",
                paramLabel = "NAME",
                description = "Key to take from a PKCS#12 file that has several.")
        private String alias;

        @Option(
                names = "--key-passphrase-file",
                paramLabel = "FILE",
                description =
                        "First line: passphrase of the key in a PKCS#12 file, if it differs from"
                                + " that of the file.")
        private Path keyPassphraseFile;

        Import(Terminal terminal, InstantSource clock) {
            super(terminal, clock);
        }

        @Override
        int run(AdminClient client) {
            if ((pkcs12 == null) == files.isEmpty()) {
                throw new CommandFailedException(
                        "INVALID_ARGUMENT",
                        "PEM files and --pkcs12: both or neither (expected: one of them)");
            }
            Map<String, Object> body = body();
            String pem = pkcs12 == null ? joined(files) : "";
            if (pkcs12 == null) {
                body.put("pem", pem);
            } else {
                body.put("pkcs12", Base64.getEncoder().encodeToString(read(pkcs12)));
            }
            if (pkcs12 != null || passphraseFile != null || pem.contains("ENCRYPTED")) {
                body.put("passphrase", passphrase());
            }
            if (alias != null) {
                body.put("alias", alias);
            }
            if (keyPassphraseFile != null) {
                body.put("keyPassphrase", firstLine(keyPassphraseFile));
            }
            return act(client, "/import", body, "the CA is taken in and prepared");
        }

        private String passphrase() {
            if (passphraseFile != null) {
                return firstLine(passphraseFile);
            }
            return new String(
                    Prompt.secret(
                            "passphrase of " + (pkcs12 == null ? "the key" : pkcs12.toString()),
                            "--passphrase-file FILE; an empty file is an empty passphrase"));
        }
    }

    private static String joined(List<Path> files) {
        StringBuilder all = new StringBuilder();
        for (Path file : files) {
            all.append(new String(read(file), StandardCharsets.UTF_8)).append('\n');
        }
        return all.toString();
    }

    private static String firstLine(Path file) {
        return new String(Prompt.firstLine(file));
    }

    private static byte[] read(Path file) {
        try {
            if (Files.size(file) > MOST_OCTETS) {
                throw new CommandFailedException(
                        "FILE_TOO_LARGE", file + " is larger than " + MOST_OCTETS + " bytes");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "FILE_UNREADABLE", file + " cannot be read: " + e, e);
        }
    }
}
