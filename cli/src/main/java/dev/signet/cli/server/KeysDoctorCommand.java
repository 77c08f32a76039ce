package dev.signet.cli.server;

import dev.signet.ca.KeyDoctor;
import dev.signet.ca.StartFailedException;
import dev.signet.ca.authority.KeyFinding;
import dev.signet.ca.authority.KeyFinding.Level;
import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.OutputOptions;
import dev.signet.cli.home.DataDirectory;
import dev.signet.cli.output.Json;
import dev.signet.cli.output.Style;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.postgres.LocalPostgres;
import dev.signet.cli.postgres.LocalPostgresException;
import dev.signet.cli.postgres.LocalPostgresSettings;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/// `signet keys doctor`: works while no server runs, by the settings that one would have.
@Command(
        name = "doctor",
        description = {
            "Examine the CA's keys: where they are, whether they open, sign and fit, how long they"
                    + " last.",
            "Reads the settings of a server and its database; needs no server that runs. Exit code"
                    + " 5: something fails."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signet keys doctor",
            "  signet keys doctor --config /etc/signet/signet.yaml --json"
        })
public final class KeysDoctorCommand implements Callable<Integer> {

    private static final Duration POSTGRES_WITHIN = Duration.ofSeconds(60);

    private final Terminal terminal;
    private final InstantSource clock;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Of './signet server', where no other settings are given.")
    private Path dataDirectory = DataDirectory.defaultPath();

    @Option(
            names = "--trust-domain",
            paramLabel = "NAME",
            description = "Trust domain of all identities (default: ${DEFAULT-VALUE}).")
    private String trustDomain = "signet.local";

    @ArgGroup(exclusive = false)
    private @Nullable DatabaseOptions database;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "Any setting of docs/configuration.md; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "YAML file with all settings of the server; nothing is taken from --data-dir.")
    private @Nullable Path configuration;

    @Mixin private OutputOptions output;

    public KeysDoctorCommand(Terminal terminal, InstantSource clock) {
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        List<KeyFinding> findings;
        try {
            findings = examined();
        } catch (StartFailedException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "SETTINGS_WRONG", String.valueOf(e.getMessage()), e);
        }
        if (output.json()) {
            terminal.out().println(Json.write(json(findings)));
        } else {
            print(findings);
        }
        return findings.stream().anyMatch(finding -> finding.level() == Level.FAIL)
                ? ExitCode.ANSWER_IS_NO
                : ExitCode.OK;
    }

    private List<KeyFinding> examined() {
        Map<String, String> all = new LinkedHashMap<>();
        if (configuration != null) {
            all.put(
                    "spring.config.additional-location",
                    configuration.toAbsolutePath().toUri().toString());
            if (database != null) {
                all.putAll(database.settings());
            }
            all.putAll(settings);
            return KeyDoctor.examine(all, clock);
        }
        DataDirectory directory = DataDirectory.at(dataDirectory);
        all.put("signet.trust-domain", trustDomain);
        all.put(
                "signet.authority.key-encryption-key.file",
                directory.keyEncryptionKey().toString());
        if (database != null || settings.containsKey("signet.database.url")) {
            if (database != null) {
                all.putAll(database.settings());
            }
            all.putAll(settings);
            return KeyDoctor.examine(all, clock);
        }
        return withLocalPostgres(directory, all);
    }

    /// The embedded one: that of the server, if one runs, or started for this.
    private List<KeyFinding> withLocalPostgres(DataDirectory directory, Map<String, String> all) {
        if (!Files.isDirectory(directory.postgres())) {
            throw new CommandFailedException(
                    "NO_DATABASE",
                    "There is no database in "
                            + directory.path()
                            + ". Name the server's settings: --config FILE, or --data-dir, or"
                            + " --database-url.");
        }
        LocalPostgresSettings local = LocalPostgresSettings.in(directory.postgres());
        var running = LocalPostgres.running(local);
        if (running.isPresent()) {
            all.putAll(running.get().settings());
            all.putAll(settings);
            return KeyDoctor.examine(all, clock);
        }
        try (LocalPostgres postgres = LocalPostgres.start(local, new SecureRandom(), _ -> {})) {
            postgres.awaitReady(POSTGRES_WITHIN);
            all.put("signet.database.url", postgres.jdbcUrl());
            all.put("signet.database.username", postgres.user());
            all.put("signet.database.password-file", postgres.passwordFile().toString());
            all.putAll(settings);
            return KeyDoctor.examine(all, clock);
        } catch (LocalPostgresException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "NO_DATABASE", String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("INTERRUPTED", "interrupted");
        }
    }

    private static Map<String, Object> json(List<KeyFinding> findings) {
        List<Map<String, Object>> items = new ArrayList<>();
        for (KeyFinding finding : findings) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("level", finding.level().name());
            item.put("subject", finding.subject());
            item.put("check", finding.check());
            item.put("text", finding.text());
            if (!finding.remedy().isEmpty()) {
                item.put("remedy", finding.remedy());
            }
            items.add(item);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("findings", items);
        all.put("failed", count(findings, Level.FAIL));
        all.put("warnings", count(findings, Level.WARN));
        return all;
    }

    private static long count(List<KeyFinding> findings, Level level) {
        return findings.stream().filter(finding -> finding.level() == level).count();
    }

    private void print(List<KeyFinding> findings) {
        PrintStream out = terminal.out();
        Style style = terminal.outStyle();
        for (KeyFinding finding : findings) {
            String level =
                    switch (finding.level()) {
                        case PASS -> style.green("PASS");
                        case WARN -> style.yellow("WARN");
                        case FAIL -> style.red("FAIL");
                    };
            out.println(
                    level
                            + "  "
                            + Style.printable(
                                    shortened(finding.subject())
                                            + ", "
                                            + finding.check()
                                            + ": "
                                            + finding.text()));
            if (!finding.remedy().isEmpty()) {
                out.println("      " + style.dim(Style.printable("-> " + finding.remedy())));
            }
        }
        out.println(
                count(findings, Level.FAIL)
                        + " failed, "
                        + count(findings, Level.WARN)
                        + " warnings, "
                        + count(findings, Level.PASS)
                        + " passed");
    }

    /// An authority's id has 64 digits.
    private static String shortened(String subject) {
        return subject.matches("[0-9a-f]{64}") ? "authority " + subject.substring(0, 16) : subject;
    }
}
