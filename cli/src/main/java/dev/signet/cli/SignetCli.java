package dev.signet.cli;

import dev.signet.cli.admin.ApprovalCommands;
import dev.signet.cli.admin.AuditCommands;
import dev.signet.cli.admin.AuthoritiesCommands;
import dev.signet.cli.admin.BlocksCommands;
import dev.signet.cli.admin.CertificatesCommands;
import dev.signet.cli.admin.CrlCommands;
import dev.signet.cli.admin.FederationCommands;
import dev.signet.cli.admin.IssuanceCommands;
import dev.signet.cli.admin.KeyCommands;
import dev.signet.cli.admin.PolicyCommands;
import dev.signet.cli.admin.ProfileCommands;
import dev.signet.cli.admin.RecoveryCommand;
import dev.signet.cli.admin.RefusalCommands;
import dev.signet.cli.admin.ReissueCommands;
import dev.signet.cli.admin.RevocationsCommands;
import dev.signet.cli.admin.RevokeCommand;
import dev.signet.cli.admin.TokenCommands;
import dev.signet.cli.admin.WhoAmI;
import dev.signet.cli.context.ContextCommands;
import dev.signet.cli.context.LoginCommand;
import dev.signet.cli.issuance.IssueCommand;
import dev.signet.cli.issuance.RenewCommand;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.server.KeysDoctorCommand;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.InstantSource;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/// The command `signet`. Exit codes: [ExitCode].
@Command(
        name = "signet",
        versionProvider = SignetCli.Version.class,
        description = "A certificate authority for workloads.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExit codes:%n",
        footer = {
            "  0   done",
            "  1   refused or failed; the message says why",
            "  2   the command line is wrong",
            "  3   the server is not there, cannot serve now, or is not the trusted one",
            "  4   the credential is not known, or its roles do not permit this",
            "  5   the answer is no: a document with errors, a denial, differences",
            "  6   proposed; waits for the approval of a second person",
            "",
            "First steps:",
            "  ./signet demo      see everything at work, in less than a minute",
            "  ./signet server    run the CA; it prints what to type next"
        })
public final class SignetCli implements Runnable {

    @Spec private CommandSpec spec;

    private SignetCli() {}

    /// Runs one command and ends the process.
    public static void main(String[] arguments) {
        System.exit(run(Terminal.system(), InstantSource.system(), arguments));
    }

    /// Runs one command.
    ///
    /// @return the exit code
    public static int run(Terminal terminal, InstantSource clock, String... arguments) {
        return commandLine(terminal, clock).execute(arguments);
    }

    /// All commands.
    static CommandLine commandLine(Terminal terminal, InstantSource clock) {
        CommandLine line = new CommandLine(new SignetCli());
        line.addSubcommand(new DemoCommand(terminal, clock));
        line.addSubcommand(new ServerCommand(terminal));
        line.addSubcommand(TokenCommands.commandLine(terminal, clock));
        line.addSubcommand(new IssueCommand(terminal));
        line.addSubcommand(new RenewCommand(terminal, clock));
        line.addSubcommand(new InspectCommand(terminal, clock));
        line.addSubcommand(CertificatesCommands.commandLine(terminal, clock));
        line.addSubcommand(new RevokeCommand(terminal, clock));
        line.addSubcommand(new RevokeOwnCommand(terminal));
        line.addSubcommand(RevocationsCommands.commandLine(terminal, clock));
        line.addSubcommand(BlocksCommands.commandLine(terminal, clock));
        line.addSubcommand(PolicyCommands.commandLine(terminal, clock));
        line.addSubcommand(ProfileCommands.commandLine(terminal, clock));
        line.addSubcommand(CrlCommands.commandLine(terminal, clock));
        line.addSubcommand(AuditCommands.commandLine(terminal, clock));
        line.addSubcommand(RefusalCommands.commandLine(terminal, clock));
        line.addSubcommand(AuthoritiesCommands.commandLine(terminal, clock));
        line.addSubcommand(IssuanceCommands.commandLine(terminal, clock));
        line.addSubcommand(ReissueCommands.commandLine(terminal, clock));
        line.addSubcommand(RecoveryCommand.commandLine(terminal, clock));
        line.addSubcommand(
                KeyCommands.commandLine(terminal, clock)
                        .addSubcommand(new KeysDoctorCommand(terminal, clock)));
        line.addSubcommand(FederationCommands.commandLine(terminal, clock));
        line.addSubcommand(ApprovalCommands.commandLine(terminal, clock));
        line.addSubcommand(new WhoAmI(terminal, clock));
        line.addSubcommand(new LoginCommand(terminal, clock));
        line.addSubcommand(ContextCommands.commandLine(terminal));
        line.addSubcommand(new AotTrainCommand(terminal, clock));
        Failures failures = new Failures(terminal);
        line.setOut(writer(terminal.out()));
        line.setErr(writer(terminal.err()));
        line.setColorScheme(
                CommandLine.Help.defaultColorScheme(terminal.outStyle().on() ? Ansi.ON : Ansi.OFF));
        line.setUsageHelpAutoWidth(false);
        line.setUsageHelpWidth(Math.min(100, Math.max(80, terminal.columns())));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler(failures);
        line.setParameterExceptionHandler(failures);
        line.setExecutionStrategy(SignetCli::executeWhatIsKnown);
        mixInHelp(line);
        return line;
    }

    /// A request for help does not make a command of a word that is none.
    private static int executeWhatIsKnown(ParseResult result) {
        for (ParseResult at = result; at != null; at = at.subcommand()) {
            if (!at.unmatched().isEmpty()) {
                throw new UnmatchedArgumentException(
                        at.commandSpec().commandLine(), at.unmatched());
            }
        }
        return new CommandLine.RunLast().execute(result);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    private static void mixInHelp(CommandLine line) {
        line.getCommandSpec().mixinStandardHelpOptions(true);
        line.getSubcommands().values().forEach(SignetCli::mixInHelp);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /// From the jar's manifest.
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = SignetCli.class.getPackage().getImplementationVersion();
            if (version == null) {
                version = ofJar(SignetCli.class.getProtectionDomain().getCodeSource());
            }
            return new String[] {
                "signet " + (version == null ? "(not packaged)" : version),
                "Java " + Runtime.version()
            };
        }

        /// A class that comes from an AOT cache does not know of its jar's manifest.
        static @Nullable String ofJar(@Nullable CodeSource source) {
            if (source == null) {
                return null;
            }
            try (JarFile jar = new JarFile(Path.of(source.getLocation().toURI()).toFile())) {
                Manifest manifest = jar.getManifest();
                return manifest == null
                        ? null
                        : manifest.getMainAttributes()
                                .getValue(Attributes.Name.IMPLEMENTATION_VERSION);
            } catch (IOException | URISyntaxException | IllegalArgumentException e) {
                return null; // a directory of classes
            }
        }
    }
}
