package dev.signet.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.issuer.signing.Consequence;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

class DocumentationTest {

    private static String page(String name) throws Exception {
        return Files.readString(Path.of("../docs", name));
    }

    @Test
    void theTableOfConsequencesIsTheCodes() throws Exception {
        Map<String, String> documented =
                Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| ([a-z ]+) \\|$")
                        .matcher(page("kubernetes/cert-manager.md"))
                        .results()
                        .collect(
                                Collectors.toMap(
                                        row -> row.group(1),
                                        row -> row.group(2),
                                        (a, b) -> a + " and " + b,
                                        TreeMap::new));
        Map<String, String> coded = new TreeMap<>();
        Consequence.byCode()
                .forEach((code, consequence) ->
                        coded.put(
                                code,
                                consequence.name().toLowerCase(Locale.ROOT).replace('_', ' ')));
        assertThat(documented).isEqualTo(coded);
    }

    /// A new code of the server needs a consequence here: those of policy and of certification
    /// requests would else fail by their kind only.
    @Test
    void everyRefusalOfTheServerAboutACertificateHasAConsequence() throws Exception {
        assertThat(Consequence.byCode().keySet())
                .containsAll(
                        Pattern.compile(
                                        "(?m)^\\| `([A-Z_]*(?:NOT_GRANTED|DENIED|CSR_)[A-Z_]*)` \\|")
                                // Notices go with a certificate, not in its place.
                                .matcher(page("errors.md").split("\n## Notices\n", -1)[0])
                                .results()
                                .map(row -> row.group(1))
                                .toList());
    }

    @Test
    void theTableOfFlagsIsTheCommandLine() throws Exception {
        TreeSet<String> documented =
                Pattern.compile("(?m)^\\| `(--[a-z-]+)`.*$")
                        .matcher(page("kubernetes/controller.md"))
                        .results()
                        .map(row -> row.group(1))
                        .collect(Collectors.toCollection(TreeSet::new));
        TreeSet<String> coded =
                new CommandLine(new IssuerController())
                        .getCommandSpec().options().stream()
                                .map(OptionSpec::longestName)
                                .filter(name -> !name.equals("--help") && !name.equals("--version"))
                                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented).isEqualTo(coded);
    }

    @Test
    void defaultsAreTheDocumentedOnes() throws Exception {
        String page = page("kubernetes/controller.md");
        for (OptionSpec option :
                new CommandLine(new IssuerController()).getCommandSpec().options()) {
            String value = option.defaultValue();
            if (value != null
                    && !value.isEmpty()
                    && !value.contains("$")
                    && !value.equals("true")) {
                assertThat(
                                Arrays.stream(page.split("\n"))
                                        .filter(line ->
                                                line.startsWith(
                                                        "| `" + option.longestName() + "`")))
                        .as(option.longestName())
                        .singleElement()
                        .asString()
                        .contains("`" + value + "`");
            }
        }
    }

    @Test
    void theTableOfMetricsIsWhatTheyAreCalled() throws Exception {
        String sources =
                Files.walk(Path.of("src/main/java"))
                        .filter(Files::isRegularFile)
                        .map(file -> {
                            try {
                                return Files.readString(file);
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        })
                        .collect(Collectors.joining());
        TreeSet<String> coded =
                Pattern.compile("\"(signet\\.issuer(?:\\.[a-z]+)+)\"")
                        .matcher(sources)
                        .results()
                        .map(match -> match.group(1).replace('.', '_'))
                        .collect(Collectors.toCollection(TreeSet::new));
        TreeSet<String> documented =
                Pattern.compile("(?m)^\\| `(signet_issuer_[a-z_]+)` ")
                        .matcher(page("kubernetes/controller.md"))
                        .results()
                        .map((MatchResult match) -> match.group(1))
                        .map(name -> name.replaceAll("_(seconds|total)$", ""))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented).isEqualTo(coded);
    }
}
