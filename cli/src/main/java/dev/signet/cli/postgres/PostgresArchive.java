package dev.signet.cli.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;

/// The packed server for this machine, a resource of a jar on the classpath.
///
/// @param key names this content: another archive has another key
record PostgresArchive(URL location, String key) {

    /// The one for this operating system and processor.
    ///
    /// @throws LocalPostgresException when there is none on the classpath
    static PostgresArchive find() {
        return find(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static PostgresArchive find(String osName, String osArch) {
        String name = "postgres-" + system(osName) + "-" + processor(osArch) + ".txz";
        URL location = PostgresArchive.class.getClassLoader().getResource(name);
        if (location == null) {
            throw new LocalPostgresException(
                    "no PostgreSQL comes with Signet for "
                            + osName
                            + " on "
                            + osArch
                            + ": give one with --database-url jdbc:postgresql://HOST:PORT/DATABASE");
        }
        try {
            return new PostgresArchive(location, key(location));
        } catch (IOException e) {
            throw new LocalPostgresException("cannot read the packed PostgreSQL: " + location, e);
        }
    }

    InputStream open() throws IOException {
        return location.openStream();
    }

    /// From the jar's directory: reading 15 MB at each start would cost more than the rest of it.
    private static String key(URL location) throws IOException {
        if (location.openConnection() instanceof JarURLConnection jar) {
            ZipEntry entry = jar.getJarEntry();
            return key(entry.getSize(), entry.getCrc());
        }
        CRC32 checksum = new CRC32();
        try (InputStream in = new CheckedInputStream(location.openStream(), checksum)) {
            return key(in.transferTo(java.io.OutputStream.nullOutputStream()), checksum.getValue());
        }
    }

    private static String key(long size, long checksum) {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(size, 8) + hex.toHexDigits(checksum, 8);
    }

    private static String system(String osName) {
        String name = osName.toLowerCase(Locale.ROOT);
        return name.startsWith("mac") ? "darwin" : name.replace(' ', '_');
    }

    private static String processor(String osArch) {
        return switch (osArch) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            default -> osArch;
        };
    }
}
