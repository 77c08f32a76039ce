package dev.signet.cli.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// One PostgreSQL's files: `data`, the password of the server's login (0600), the log.
final class Cluster {

    private static final int PASSWORD_OCTETS = 24;
    private static final long LOG_OCTETS_KEPT = 10L * 1024 * 1024;

    private final Path directory;

    /// @param directory real path; exists
    Cluster(Path directory) {
        this.directory = directory;
    }

    Path data() {
        return directory.resolve("data");
    }

    Path log() {
        return directory.resolve("postgres.log");
    }

    Path lockFile() {
        return directory.resolve("lock");
    }

    Path pidFile() {
        return data().resolve("postmaster.pid");
    }

    Path passwordFile() {
        return directory.resolve("password");
    }

    boolean exists() {
        return Files.isDirectory(data());
    }

    /// The password of the server's login; drawn at the first call.
    String password(SecureRandom random) throws IOException {
        Path file = passwordFile();
        if (!Files.exists(file)) {
            byte[] octets = new byte[PASSWORD_OCTETS];
            random.nextBytes(octets);
            Path partial = directory.resolve("password.new");
            Files.deleteIfExists(partial);
            Files.createFile(
                    partial,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.writeString(
                    partial, Base64.getUrlEncoder().withoutPadding().encodeToString(octets));
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return Files.readString(file);
    }

    /// The words that make an empty data directory at `target`. Its superuser has the password
    /// until [OwnerLogin] has given it to the server's login.
    List<String> initdb(PostgresBinaries binaries, Path target, Path passwordFile) {
        return List.of(
                binaries.initdb().toString(),
                "--pgdata=" + target,
                "--username=" + OwnerLogin.SUPERUSER,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--data-checksums",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8");
    }

    /// Makes the data directory with `account`'s help. It appears at its place whole or not at all.
    ///
    /// @throws LocalPostgresException with initdb's own words
    void initialise(PostgresBinaries binaries, Account account)
            throws IOException, InterruptedException {
        Path partial = directory.resolve("data.new");
        Directories.delete(partial);
        Path copy = Files.createTempFile(directory, "password-", ".tmp");
        try {
            Files.copy(passwordFile(), copy, StandardCopyOption.REPLACE_EXISTING);
            handOver(account, copy);
            Process initdb =
                    LocalPostgres.process(account.command(initdb(binaries, partial, copy)))
                            .redirectErrorStream(true)
                            .start();
            String said =
                    new String(initdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (initdb.waitFor() != 0) {
                throw new LocalPostgresException(
                        "cannot make a database in " + directory + ":\n" + said.strip());
            }
            Files.move(partial, data(), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    /// Where PostgreSQL runs as another user, that user needs the directory, and a way to it.
    void handOver(Account account) throws IOException {
        if (account.owner().isPresent()) {
            handOver(account, directory);
            Path above = directory.getParent();
            if (above != null && Files.isWritable(above)) {
                Set<PosixFilePermission> permissions =
                        EnumSet.copyOf(Files.getPosixFilePermissions(above));
                if (permissions.add(PosixFilePermission.OTHERS_EXECUTE)) {
                    Files.setPosixFilePermissions(above, permissions);
                }
            }
            if (!account.reaches(directory)) {
                throw new LocalPostgresException(
                        "PostgreSQL does not run as root, and user "
                                + account.owner().get()
                                + " gets no access to "
                                + directory
                                + ": run Signet as an ordinary user, or give a --data-dir whose"
                                + " parents others may enter, such as /var/lib/signet");
            }
        }
    }

    private static void handOver(Account account, Path path) throws IOException {
        if (account.owner().isPresent()) {
            Files.setOwner(
                    path,
                    path.getFileSystem()
                            .getUserPrincipalLookupService()
                            .lookupPrincipalByName(account.owner().get()));
        }
    }

    /// Puts a log that has grown large aside, so that there are never more than two of them.
    void turnLogOver() throws IOException {
        if (Files.exists(log()) && Files.size(log()) > LOG_OCTETS_KEPT) {
            Files.move(
                    log(),
                    directory.resolve("postgres.log.1"),
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    long logSize() throws IOException {
        return Files.exists(log()) ? Files.size(log()) : 0;
    }

    /// What was logged since the log had `offset` octets; its last lines.
    String logSince(long offset) throws IOException {
        if (!Files.exists(log())) {
            return "";
        }
        try (var channel = Files.newByteChannel(log(), StandardOpenOption.READ)) {
            long from = Math.max(offset, channel.size() - 4096);
            channel.position(Math.min(from, channel.size()));
            byte[] octets = new byte[(int) (channel.size() - channel.position())];
            int read = channel.read(java.nio.ByteBuffer.wrap(octets));
            return new String(octets, 0, Math.max(read, 0), StandardCharsets.UTF_8).strip();
        }
    }

    /// Lines of `postmaster.pid`; empty while there is none.
    List<String> pidLines() throws IOException {
        try {
            return Files.readAllLines(pidFile(), StandardCharsets.ISO_8859_1);
        } catch (java.nio.file.NoSuchFileException e) {
            return List.of();
        }
    }

    /// Ids of the processes that work in our data directory: a postmaster and its children change
    /// into it, so this finds them however they were started, and nobody else's.
    List<Long> processes() throws IOException {
        Path proc = Path.of("/proc");
        if (!Files.isDirectory(proc)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(proc)) {
            return entries.filter(this::worksHere)
                    .map(entry -> Long.valueOf(entry.getFileName().toString()))
                    .toList();
        }
    }

    private boolean worksHere(Path process) {
        String name = process.getFileName().toString();
        if (!Character.isDigit(name.charAt(0))) {
            return false;
        }
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).equals(data());
        } catch (IOException e) {
            // Gone meanwhile, a zombie, or somebody else's.
            return false;
        }
    }
}
