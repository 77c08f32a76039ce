package dev.signet.cli.issuance;

import dev.signet.cli.output.Json;
import dev.signet.cli.output.Style;
import dev.signet.cli.output.Terminal;
import dev.signet.client.IssuanceNotice;
import dev.signet.client.SpiffeId;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What came of an issuance or a renewal, for eyes and for machines.
final class IssuedReport {

    private final Terminal terminal;
    private final boolean json;

    IssuedReport(Terminal terminal, boolean json) {
        this.terminal = terminal;
        this.json = json;
    }

    Terminal terminal() {
        return terminal;
    }

    /// The result of a command that ends.
    void result(
            SpiffeId id,
            X509Certificate leaf,
            Map<String, Path> files,
            List<IssuanceNotice> notices,
            AfterRenewal.@Nullable Result after) {
        if (json) {
            Map<String, Object> result = json(id, leaf, files, notices);
            if (after != null) {
                result.put("after", json(after));
            }
            terminal.out().println(Json.write(result));
            return;
        }
        good(id + "", "  until " + leaf.getNotAfter().toInstant());
        files.values().forEach(terminal.out()::println);
        notices(notices);
    }

    /// A result that is no certificate.
    void result(String text, Map<String, Object> values) {
        if (json) {
            terminal.out().println(Json.write(values));
        } else {
            terminal.out().println(Style.printable(text));
        }
    }

    /// One event of a command that goes on: a line.
    void event(String name, String text, Map<String, Object> values) {
        if (json) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("event", name);
            line.putAll(values);
            terminal.out().println(Json.writeLine(line));
            terminal.out().flush();
        } else {
            terminal.err().println(Style.printable(text));
            terminal.err().flush();
        }
    }

    /// For people only.
    void warn(String text) {
        PrintStream err = terminal.err();
        err.println(terminal.errStyle().yellow("warning: ") + Style.printable(text));
    }

    void moved(Collection<Path> files) {
        for (Path file : files) {
            warn(
                    file
                            + " belongs to you now: its owner and group before could not be kept;"
                            + " see that whoever reads it still can");
        }
    }

    void notices(List<IssuanceNotice> notices) {
        for (IssuanceNotice notice : notices) {
            terminal.err()
                    .println("notice " + Style.printable(notice.code() + ": " + notice.text()));
            if (notice.code().equals("CSR_NAMES_IGNORED")) {
                terminal.err().println("  Ask for them with --dns, --ip, --email and --uri");
            }
        }
    }

    private void good(String what, String more) {
        Style style = terminal.errStyle();
        terminal.err()
                .println(
                        style.green("✓")
                                + "  "
                                + style.bold(Style.printable(what))
                                + style.dim(more));
    }

    static Map<String, Object> json(
            SpiffeId id,
            X509Certificate leaf,
            Map<String, Path> files,
            List<IssuanceNotice> notices) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("spiffe_id", id.toString());
        json.put("serial_number", HexFormat.of().formatHex(leaf.getSerialNumber().toByteArray()));
        json.put("not_before", leaf.getNotBefore().toInstant());
        json.put("not_after", leaf.getNotAfter().toInstant());
        files.forEach((role, file) -> json.put(role, file.toString()));
        json.put(
                "notices",
                notices.stream()
                        .map(notice -> Map.of("code", notice.code(), "text", notice.text()))
                        .toList());
        return json;
    }

    static Map<String, Object> json(AfterRenewal.Result after) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("what", after.what());
        if (after.exitCode() != null) {
            json.put("exit_code", after.exitCode());
        }
        if (after.problem() != null) {
            json.put("problem", after.problem());
        }
        return json;
    }

    static Map<String, Object> until(Instant notAfter) {
        return Map.of("not_after", notAfter);
    }
}
