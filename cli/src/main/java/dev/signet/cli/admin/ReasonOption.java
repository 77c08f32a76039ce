package dev.signet.cli.admin;

import picocli.CommandLine.Option;

/// Why a thing is done: the audit trail has it beside who did it.
final class ReasonOption {

    @Option(
            names = "--reason",
            required = true,
            paramLabel = "TEXT",
            description = "Why, for the audit trail and for those whom it concerns.")
    private String reason;

    String text() {
        return reason;
    }
}
