import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Checks (`check DIR`) or restores (`apply DIR`) the format of every Java file below DIR:
/// google-java-format, AOSP style. Run by the build on JDK 25, whatever JDK runs Maven: the
/// formatter reads with the parser of the JDK it runs on.
public class Format {

    public static void main(String[] args) throws Exception {
        boolean apply = args[0].equals("apply");
        Path root = Path.of(args[1]);
        if (!Files.isDirectory(root)) {
            return;
        }
        Formatter formatter =
                new Formatter(
                        JavaFormatterOptions.builder()
                                .style(JavaFormatterOptions.Style.AOSP)
                                .build());
        List<Path> wrong = new ArrayList<>();
        for (Path file : javaFiles(root)) {
            String before = Files.readString(file);
            String after = format(formatter, file, before);
            if (!before.equals(after)) {
                wrong.add(file);
                if (apply) {
                    Files.writeString(file, after);
                }
            }
        }
        if (!apply && !wrong.isEmpty()) {
            wrong.forEach(file -> System.err.println("not formatted: " + file));
            System.err.println("Run: mvn -Pformat process-sources");
            System.exit(1);
        }
    }

    private static String format(Formatter formatter, Path file, String source) throws Exception {
        try {
            String imports =
                    ImportOrderer.reorderImports(
                            RemoveUnusedImports.removeUnusedImports(source),
                            JavaFormatterOptions.Style.AOSP);
            return formatter.formatSource(imports);
        } catch (Exception e) {
            System.err.println("cannot format " + file + ": " + e.getMessage());
            System.exit(1);
            throw e;
        }
    }

    private static List<Path> javaFiles(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
    }
}
