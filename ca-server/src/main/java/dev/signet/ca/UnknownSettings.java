package dev.signet.ca;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// Finds settings that nobody reads. Spring Boot refuses them in files and on the command line, not
/// among environment variables and system properties, where a misspelt one would pass silently.
final class UnknownSettings {

    /// Variables of the launcher and the command line, which are not the server's.
    private static final String CLI_VARIABLES = "SIGNET_CLI_";

    private final SettingNames names;

    UnknownSettings(SettingNames names) {
        this.names = names;
    }

    /// One sentence for each unknown name, in alphabetical order; empty: all are known.
    List<String> objections(Map<String, String> environmentVariables, Map<?, ?> systemProperties) {
        Stream<String> variables =
                environmentVariables.keySet().stream()
                        .filter(v -> v.toUpperCase(Locale.ROOT).startsWith("SIGNET_"))
                        .filter(v -> !v.startsWith(CLI_VARIABLES))
                        .filter(v -> !names.knowsVariable(v))
                        .map(this::unknownVariable);
        Stream<String> properties =
                systemProperties.keySet().stream()
                        .map(String::valueOf)
                        .filter(p -> p.startsWith("signet."))
                        .filter(p -> !names.knows(p))
                        .map(p -> unknown(p, "system property"));
        return Stream.concat(variables, properties).sorted().toList();
    }

    /// @param where the setting stands, for a human
    String unknown(String name, String where) {
        return "Unknown setting '"
                + name
                + "' ("
                + where
                + ")."
                + names.nearest(name).map(n -> " Did you mean '" + n + "'?").orElse("");
    }

    private String unknownVariable(String variable) {
        String asName = variable.toLowerCase(Locale.ROOT).replace('_', '.');
        return "Unknown setting '"
                + variable
                + "' (environment variable)."
                + names.nearest(asName)
                        .map(n -> " Did you mean '" + SettingNames.variable(n) + "'?")
                        .orElse("");
    }
}
