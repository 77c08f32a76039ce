package dev.signet.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/// An image out of its tar: configuration, entries of all layers, and the files themselves.
record UnpackedImage(JsonNode configuration, List<TarArchiveEntry> entries, Path root) {

    static UnpackedImage of(Path tar, Path root) throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        try (TarArchiveInputStream outer =
                new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(tar)))) {
            TarArchiveEntry entry;
            while ((entry = outer.getNextEntry()) != null) {
                files.put(entry.getName(), outer.readAllBytes());
            }
        }
        JsonNode manifest =
                blob(files, json(files, "index.json").path("manifests").path(0).path("digest"));
        List<TarArchiveEntry> entries = new ArrayList<>();
        for (JsonNode layer : manifest.path("layers")) {
            byte[] octets = files.get(name(layer.path("digest")));
            try (TarArchiveInputStream inner =
                    new TarArchiveInputStream(
                            new GZIPInputStream(new ByteArrayInputStream(octets)))) {
                unpack(inner, root, entries);
            }
        }
        return new UnpackedImage(
                blob(files, manifest.path("config").path("digest")), entries, root);
    }

    /// Root's files, which nobody else writes: a runtime, jars, a C library.
    ///
    /// @param starts its argument files
    void holdsWhatItMay(String... starts) throws IOException {
        assertThat(entries)
                .hasSizeGreaterThan(100)
                .allSatisfy(entry -> {
                    assertThat(entry.getLongUserId()).as(entry.getName()).isZero();
                    assertThat(entry.getLongGroupId()).as(entry.getName()).isZero();
                    assertThat(entry.getMode() & 07000).as(entry.getName()).isZero();
                    assertThat(entry.getLastModifiedTime().toInstant().getEpochSecond())
                            .as(entry.getName())
                            .isLessThanOrEqualTo(1);
                });
        assertThat(entries)
                .filteredOn(entry -> !entry.isSymbolicLink() && (entry.getMode() & 0022) != 0)
                .extracting(TarArchiveEntry::getName)
                .containsExactly("tmp/");
        assertThat(entries)
                .extracting(TarArchiveEntry::getName)
                .allMatch(name ->
                        name.startsWith("opt/java/")
                                || name.startsWith("app/")
                                || name.matches("(lib|lib64)/.*")
                                || name.matches("etc/(passwd|group|nsswitch.conf)?")
                                || List.of("opt/", "lib/", "lib64/", "tmp/").contains(name))
                .noneMatch(name -> name.matches("opt/java/bin/.*[^/]") && !name.endsWith("/java"))
                .noneMatch(name -> name.matches(".*(osx|windows).*") || name.contains("jib-"));
        for (String start : starts) {
            String classPath =
                    Files.readAllLines(root.resolve("app").resolve(start)).stream()
                            .filter(line -> line.startsWith("-cp "))
                            .findFirst()
                            .orElseThrow()
                            .substring(4);
            assertThat(classPath.split(":"))
                    .hasSizeGreaterThan(20)
                    .allMatch(jar -> Files.exists(root.resolve(jar.substring(1))));
        }
    }

    /// Starts a program of the image with the image's own runtime and jars, where they were
    /// unpacked, in an empty environment.
    Process start(String start, Path log, String... arguments) throws IOException {
        Path here = root.toAbsolutePath();
        String moved =
                Files.readString(here.resolve("app").resolve(start))
                        .replace("/app/", here + "/app/");
        Path file = Files.writeString(log.resolveSibling(log.getFileName() + ".arguments"), moved);
        List<String> command = new ArrayList<>();
        command.add(here.resolve("opt/java/bin/java").toString());
        command.add("@" + file);
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder process = new ProcessBuilder(command);
        process.environment().clear();
        return process.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    }

    private static void unpack(
            TarArchiveInputStream layer, Path root, List<TarArchiveEntry> entries)
            throws IOException {
        TarArchiveEntry entry;
        while ((entry = layer.getNextEntry()) != null) {
            entries.add(entry);
            Path target = root.resolve(entry.getName()).normalize();
            if (!target.startsWith(root)) {
                throw new IOException(entry.getName());
            }
            if (entry.isDirectory()) {
                Files.createDirectories(target);
            } else if (entry.isSymbolicLink()) {
                Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            } else {
                Files.createDirectories(target.getParent());
                Files.copy(layer, target);
                boolean executable = (entry.getMode() & 0100) != 0;
                Files.setPosixFilePermissions(
                        target,
                        PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
    }

    private static JsonNode json(Map<String, byte[]> files, String name) {
        return JsonMapper.shared().readTree(files.get(name));
    }

    private static JsonNode blob(Map<String, byte[]> files, JsonNode digest) {
        return json(files, name(digest));
    }

    private static String name(JsonNode digest) {
        return "blobs/" + digest.asString().replace(':', '/');
    }
}
