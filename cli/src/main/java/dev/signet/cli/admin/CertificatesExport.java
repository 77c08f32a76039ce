package dev.signet.cli.admin;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Progress;
import dev.signet.cli.output.Style;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminRequest;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;

/// `signet certificates export`.
@Command(
        name = "export",
        description = {
            "Every certificate that the conditions hold for, as a stream: any number of them.",
            "A file appears whole or not at all; on stdout the exit code says whether it was whole."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signet certificates export --format csv -o certificates.csv",
            "  signet certificates export --issued-from 2026-01-01 | jq -r .spiffeId | sort -u"
        })
final class CertificatesExport extends AdminCommand {

    private static final int BUFFER = 64 * 1024;

    /// What an export looks like.
    enum Format {
        csv("text/csv"),
        ndjson("application/x-ndjson");

        private final String mediaType;

        Format(String mediaType) {
            this.mediaType = mediaType;
        }
    }

    @Mixin private CertificateFilter filter;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Format format = Format.ndjson;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write to this file, and replace it (default: stdout).")
    private @Nullable Path file;

    CertificatesExport(Terminal terminal, InstantSource clock) {
        super(terminal, clock);
    }

    private AdminRequest request = AdminRequest.get("/v1/certificates/export");

    @Override
    void prepare() {
        request = request.with(filter.parameters(clock()));
    }

    @Override
    int run(AdminClient client) throws IOException {
        request = filter.completed(client, request);
        if (file == null) {
            copy(client, terminal().out());
            if (terminal().out().checkError()) {
                throw new CommandFailedException("OUTPUT", "stdout cannot be written");
            }
            return ExitCode.OK;
        }
        Path whole = file.toAbsolutePath();
        Path partial =
                Files.createTempFile(whole.resolveSibling(""), "." + whole.getFileName(), ".part");
        try {
            long octets;
            try (OutputStream out = Files.newOutputStream(partial)) {
                octets = copy(client, out);
            }
            Files.move(partial, whole, StandardCopyOption.REPLACE_EXISTING);
            terminal()
                    .err()
                    .println(
                            terminal().errStyle().green("✓")
                                    + "  "
                                    + Style.printable(file.toString())
                                    + "  "
                                    + octets
                                    + " octets");
        } finally {
            Files.deleteIfExists(partial);
        }
        return ExitCode.OK;
    }

    private long copy(AdminClient client, OutputStream out) throws IOException {
        long[] octets = {0};
        try (Progress progress = new Progress(terminal())) {
            progress.begin("Exporting");
            client.stream(request, format.mediaType, in -> octets[0] = copy(in, out, progress));
        }
        return octets[0];
    }

    private static long copy(InputStream in, OutputStream out, Progress progress)
            throws IOException {
        byte[] buffer = new byte[BUFFER];
        long octets = 0;
        for (int read = in.read(buffer); read != -1; read = in.read(buffer)) {
            out.write(buffer, 0, read);
            octets += read;
            progress.count((octets >> 10) + " KiB");
        }
        out.flush();
        return octets;
    }
}
