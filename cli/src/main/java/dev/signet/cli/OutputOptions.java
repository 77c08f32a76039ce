package dev.signet.cli;

import picocli.CommandLine.Option;

/// What every command can be told about its output.
public final class OutputOptions {

    @Option(names = "--json", description = "Print the result, and a failure, as JSON.")
    private boolean json;

    public boolean json() {
        return json;
    }
}
