package dev.signet.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ScopeType;

/// `benchmarks/run`: the commands of this module.
@Command(
        name = "benchmarks/run",
        description = "Measures Signet.",
        subcommands = {
            LoadCommand.class,
            StartupCommand.class,
            SearchCommand.class,
            ReplayCommand.class,
            StatusCommand.class,
            RevocationCommand.class,
            MicroCommand.class
        },
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT)
public final class Benchmarks {

    private Benchmarks() {}

    /// Exit code 0: measured and all well; 1: something objected to, or a fault; 2: wrong usage.
    public static void main(String[] arguments) {
        NativeCrypto.install();
        System.exit(
                new CommandLine(new Benchmarks())
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .execute(withCommand(arguments)));
    }

    /// Options alone are those of `load`.
    private static String[] withCommand(String[] arguments) {
        if (arguments.length > 0
                && (!arguments[0].startsWith("-")
                        || arguments[0].equals("-h")
                        || arguments[0].equals("--help"))) {
            return arguments;
        }
        String[] load = new String[arguments.length + 1];
        load[0] = "load";
        System.arraycopy(arguments, 0, load, 1, arguments.length);
        return load;
    }
}
