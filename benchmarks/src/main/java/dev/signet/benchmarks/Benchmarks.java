package dev.signet.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ScopeType;

/// `benchmarks/run`: the commands of this module.
@Command(
        name = "benchmarks/run",
        description = "Measures Signet.",
        subcommands = {LoadCommand.class},
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
                        .execute(arguments));
    }
}
