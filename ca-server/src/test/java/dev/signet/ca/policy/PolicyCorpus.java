package dev.signet.ca.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Documents under `policies/` of the test resources. The first line of a refused one says where
/// and why: `# line:column part of the sentence`.
final class PolicyCorpus {

    private PolicyCorpus() {}

    record Sample(String name, String text) {
        Position expectedAt() {
            String[] place = text.substring(2, text.indexOf(' ', 2)).split(":");
            return new Position(Integer.parseInt(place[0]), Integer.parseInt(place[1]));
        }

        String expectedMessage() {
            return text.substring(text.indexOf(' ', 2) + 1, text.indexOf('\n'));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Sample> refused() {
        return in("/policies/refused");
    }

    static List<Sample> accepted() {
        return in("/policies/accepted");
    }

    private static List<Sample> in(String directory) {
        try (Stream<Path> files =
                Files.list(Path.of(PolicyCorpus.class.getResource(directory).toURI()))) {
            return files.sorted().map(PolicyCorpus::sample).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Sample sample(Path file) {
        try {
            return new Sample(file.getFileName().toString(), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
