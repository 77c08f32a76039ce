package dev.signet.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

class ClientGuideTest {

    private static final Path GUIDE = Path.of("../docs/client.md");
    private static final Path CODE = Path.of("src/test/java/dev/signet/client/ClientGuide.java");

    @Test
    void showsCodeThatCompiles() throws IOException {
        Map<String, String> shown =
                find("<!-- snippet: ([a-z-]+) -->\\s*```java\\n(.*?)```", Files.readString(GUIDE));
        Map<String, String> compiled =
                find("// snippet: ([a-z-]+)\\n(.*?)// end", Files.readString(CODE));
        assertThat(shown).isEqualTo(compiled);
    }

    @Test
    void showsNoOtherJava() throws IOException {
        String guide = Files.readString(GUIDE);
        assertThat(guide.split("```java", -1)).hasSameSizeAs(guide.split("<!-- snippet:", -1));
    }

    @Test
    void listsEveryDependency() throws IOException {
        String guide = Files.readString(GUIDE);
        String pom = Files.readString(Path.of("pom.xml"));
        Matcher dependency =
                Pattern.compile(
                                "<dependency>\\s*<groupId>[^<]+</groupId>\\s*"
                                        + "<artifactId>([^<]+)</artifactId>(.*?)</dependency>",
                                Pattern.DOTALL)
                        .matcher(pom);
        while (dependency.find()) {
            if (!dependency.group(2).contains("<scope>test")) {
                assertThat(guide).contains("`" + dependency.group(1) + "`");
            }
        }
    }

    private static Map<String, String> find(String pattern, String text) {
        Map<String, String> found = new TreeMap<>();
        Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(text);
        while (matcher.find()) {
            found.put(matcher.group(1), matcher.group(2).replaceAll("\\s+", " ").strip());
        }
        return found;
    }
}
