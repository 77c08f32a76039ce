package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Documents drift; this says where.
class DocumentationTest {

    private static final Path ROOT = repositoryRoot();
    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)(#[^)]*)?\\)");
    private static final Pattern REQUIREMENT_ROW = Pattern.compile("(?m)^\\| R(\\d{1,2}) \\|");
    private static final Pattern REQUIREMENT_TEST = Pattern.compile("void R(\\d{1,2})_\\w+\\(");
    private static final Pattern FILE_NAME =
            Pattern.compile("`((?:[\\w.-]+/)+[\\w.-]+\\.(?:md|java|sql|proto|xml|sh))`");

    @Test
    void everyRelativeLinkLeadsToAFile() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            Matcher link = LINK.matcher(Files.readString(document));
            while (link.find()) {
                String target = link.group(1);
                if (!target.contains("://")
                        && !Files.exists(document.getParent().resolve(target).normalize())) {
                    broken.add(ROOT.relativize(document) + " -> " + target);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyFileThatIsNamedExists() throws IOException {
        List<String> missing = new ArrayList<>();
        for (Path document : documents()) {
            Matcher name = FILE_NAME.matcher(Files.readString(document));
            while (name.find()) {
                if (!Files.exists(ROOT.resolve(name.group(1)))) {
                    missing.add(ROOT.relativize(document) + ": " + name.group(1));
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void everyRequirementThatIsClaimedHasATestAndEveryTestedOneIsListed() throws IOException {
        Set<Integer> listed =
                numbers(REQUIREMENT_ROW, Files.readString(ROOT.resolve("docs/security.md")));
        Set<Integer> tested = new TreeSet<>();
        try (Stream<Path> files = Files.walk(ROOT)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".java"))
                            .filter(f -> f.toString().contains("/src/test/"))
                            .toList()) {
                tested.addAll(numbers(REQUIREMENT_TEST, Files.readString(file)));
            }
        }
        assertThat(listed).isNotEmpty().isEqualTo(tested);
    }

    private static Set<Integer> numbers(Pattern pattern, String text) {
        Set<Integer> found = new TreeSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(Integer.parseInt(matcher.group(1)));
        }
        return found;
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> !ROOT.relativize(file).toString().contains("target/"))
                    .filter(file -> !ROOT.relativize(file).toString().startsWith("."))
                    .toList();
        }
    }

    private static Path repositoryRoot() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("LICENSE"))) {
            directory = directory.getParent();
        }
        return directory;
    }
}
