package dev.signet.cli;

import dev.signet.cli.output.Terminal;

import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Runs every command of the command line, one after the other, in a process of its own: as it is,
/// and with something for each argument that it requires. Prints a line for each: exit code, what
/// was run, what it said.
final class EveryCommand {

    /// These run for a minute and ask nobody anything.
    private static final Set<String> LEFT_OUT = Set.of("signet demo", "signet aot-train");

    private EveryCommand() {}

    /// @param arguments a file that can be read, for whatever wants one
    public static void main(String[] arguments) {
        Terminal none = Terminal.plain(System.out, System.err);
        for (CommandSpec leaf : leaves(SignetCli.commandLine(none, InstantSource.system()))) {
            String name = leaf.qualifiedName();
            if (LEFT_OUT.contains(name)) {
                continue;
            }
            List<String> words = List.of(name.substring("signet ".length()).split(" "));
            run(words);
            List<String> whole = new ArrayList<>(words);
            whole.addAll(required(leaf, arguments[0]));
            run(whole);
            if (leaf.findOption("--credential") != null) {
                whole.addAll(
                        List.of(
                                "--server",
                                "https://localhost:1",
                                "--bundle",
                                arguments[0],
                                "--credential",
                                arguments[0]));
                run(whole);
            }
        }
        System.exit(0);
    }

    private static List<CommandSpec> leaves(CommandLine line) {
        if (line.getSubcommands().isEmpty()) {
            return List.of(line.getCommandSpec());
        }
        return line.getSubcommands().values().stream()
                .distinct()
                .flatMap(one -> leaves(one).stream())
                .toList();
    }

    private static List<String> required(CommandSpec command, String file) {
        List<String> words = new ArrayList<>();
        for (ArgGroupSpec group : command.argGroups()) {
            if (group.multiplicity().min() > 0) {
                words.addAll(words(group.args().iterator().next(), file));
            }
        }
        for (OptionSpec option : command.options()) {
            if (option.required() && option.group() == null) {
                words.addAll(words(option, file));
            }
        }
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            words.addAll(words(parameter, file));
        }
        return words;
    }

    private static List<String> words(ArgSpec argument, String file) {
        Class<?> type =
                argument.auxiliaryTypes().length > 0 ? argument.auxiliaryTypes()[0] : Object.class;
        String value =
                type == Path.class
                        ? file
                        : type == Duration.class ? "1h" : type == int.class ? "1" : "6a2f00000000";
        return argument instanceof OptionSpec option
                ? List.of(option.longestName(), value)
                : List.of(value);
    }

    private static void run(List<String> words) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream both = new PrintStream(said, true, StandardCharsets.UTF_8);
        String end;
        try {
            end =
                    String.valueOf(
                            SignetCli.run(
                                    Terminal.plain(both, both),
                                    InstantSource.system(),
                                    words.toArray(String[]::new)));
        } catch (Throwable e) {
            end = "threw " + e;
        }
        System.out.println(
                end
                        + "\t"
                        + String.join(" ", words)
                        + "\t"
                        + said.toString(StandardCharsets.UTF_8).replace('\n', '|'));
    }
}
