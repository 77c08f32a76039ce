package dev.signet.cli.admin;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// Bounds of `--limit`.
final class Limits {

    private Limits() {}

    static void require(CommandSpec spec, int limit) {
        if (limit < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--limit: " + limit + " (expected: at least 1)");
        }
    }
}
