package dev.signet.ca;

import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The names of all settings, read from the record tree, so that there is no second list to keep.
/// `[n]` stands for an index, `*` for a key of a map. Immutable.
final class SettingNames {

    private static final String OWN_PACKAGE = "dev.signet.";
    private static final int FAR = 6;

    private final List<String> names;
    private final List<Pattern> environmentNames;

    private SettingNames(List<String> names) {
        this.names = List.copyOf(names);
        this.environmentNames = names.stream().map(SettingNames::environmentPattern).toList();
    }

    static SettingNames of(Class<?> root, String prefix) {
        List<String> names = new ArrayList<>();
        collect(root, prefix, names);
        return new SettingNames(names);
    }

    List<String> all() {
        return names;
    }

    /// @param name as in a file or on the command line, lower case with hyphens
    boolean knows(String name) {
        String indexed = name.replaceAll("\\[\\d+]", "[n]");
        return names.stream()
                .anyMatch(known ->
                        known.equals(indexed)
                                || (indexed + "[n]").equals(known)
                                || indexed.equals(known + "[n]")
                                || (known.endsWith(".*")
                                        && indexed.startsWith(
                                                known.substring(0, known.length() - 1))));
    }

    /// @param variable an environment variable's name
    boolean knowsVariable(String variable) {
        return environmentNames.stream().anyMatch(p -> p.matcher(variable).matches());
    }

    /// How a setting is written as an environment variable.
    static String variable(String name) {
        return name.replace("-", "")
                .replace("[n]", "_0")
                .replace(".*", "_KEY")
                .replace('.', '_')
                .toUpperCase(Locale.ROOT);
    }

    /// The known name that differs least, if any is near.
    Optional<String> nearest(String name) {
        String best = null;
        int bestDistance = Math.max(FAR, name.length() / 4);
        for (String known : names) {
            int distance = distance(name, known);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = known;
            }
        }
        return Optional.ofNullable(best);
    }

    private static Pattern environmentPattern(String name) {
        String pattern =
                name.replace("-", "")
                        .replace("[n]", "_#")
                        .replace(".*", "_@")
                        .replace('.', '_')
                        .toUpperCase(Locale.ROOT);
        // A list may be written without an index, too: its elements between commas.
        if (pattern.endsWith("_#")) {
            pattern = pattern.substring(0, pattern.length() - 2) + "(_#)?";
        }
        return Pattern.compile(pattern.replace("#", "\\d+").replace("@", "\\w+"));
    }

    private static void collect(Class<?> type, String prefix, List<String> names) {
        for (Parameter parameter : binding(type).getParameters()) {
            String name = prefix + "." + dashed(parameter.getName());
            describe(parameter.getParameterizedType(), name, names);
        }
    }

    private static void describe(Type type, String name, List<String> names) {
        if (type instanceof ParameterizedType generic
                && generic.getRawType() instanceof Class<?> raw) {
            Type[] arguments = generic.getActualTypeArguments();
            if (Collection.class.isAssignableFrom(raw)) {
                describe(arguments[0], name + "[n]", names);
            } else if (Map.class.isAssignableFrom(raw)) {
                describe(arguments[1], name + ".*", names);
            } else {
                names.add(name);
            }
        } else if (type instanceof Class<?> plain && isTree(plain)) {
            collect(plain, name, names);
        } else {
            names.add(name);
        }
    }

    private static boolean isTree(Class<?> type) {
        return type.getName().startsWith(OWN_PACKAGE) && !type.isEnum();
    }

    private static Constructor<?> binding(Class<?> type) {
        Constructor<?>[] constructors = type.getConstructors();
        if (constructors.length != 1) {
            throw new IllegalStateException(
                    type.getName() + " has not exactly one public constructor to bind to");
        }
        return constructors[0];
    }

    static String dashed(String componentName) {
        return componentName.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /// Levenshtein's distance.
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
