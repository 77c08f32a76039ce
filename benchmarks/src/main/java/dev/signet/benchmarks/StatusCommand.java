package dev.signet.benchmarks;

import dev.signet.ca.status.StatusCosts;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.concurrent.Callable;

/// `benchmarks/run status`.
@Command(
        name = "status",
        description =
                "Signs CRLs of so many entries, in one piece and in shards, and answers OCSP"
                        + " requests: time, octets, memory, rate.")
final class StatusCommand implements Callable<Integer> {

    @Option(names = "--entries", description = "revoked certificates (default ${DEFAULT-VALUE})")
    private int entries = 1_000_000;

    @Option(names = "--seconds", description = "of each OCSP figure (default ${DEFAULT-VALUE})")
    private int seconds = 5;

    @Override
    public Integer call() throws Exception {
        System.out.print(new StatusCosts().measure(entries, seconds));
        return 0;
    }
}
