package dev.signet.benchmarks;

import org.openjdk.jmh.Main;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// `benchmarks/run micro`.
@Command(
        name = "micro",
        description = "Runs the JMH benchmarks of the pieces; takes JMH's own arguments after --.")
final class MicroCommand implements Callable<Integer> {

    private static final List<String> SHORT = List.of("-f", "1", "-wi", "3", "-i", "5");

    @Parameters(
            arity = "0..*",
            description =
                    "of JMH, such as a part of a benchmark's name (default: all, -f 1 -wi 3 -i 5)")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        Main.main((arguments.isEmpty() ? SHORT : arguments).toArray(String[]::new));
        return 0;
    }
}
