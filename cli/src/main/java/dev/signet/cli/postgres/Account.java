package dev.signet.cli.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// As whom PostgreSQL runs, as words to put before its command. It refuses to run as root, so root
/// gives its rights away first. Where the system can, the child also gets told when we die, and a
/// session of its own, so that Ctrl-C in a terminal reaches us alone and we stop it last.
///
/// @param prefix replaces itself by the command that follows: the process keeps its id
/// @param owner the user who must own the data directory; empty: we ourselves
record Account(List<String> prefix, Optional<String> owner) {

    private static final List<String> TOLD_OF_OUR_DEATH = List.of("setpriv", "--pdeathsig", "INT");
    private static final List<String> OWN_SESSION = List.of("setsid");

    /// Tries what works on this machine.
    ///
    /// @throws LocalPostgresException when we are root and cannot become anybody else
    static Account detect() {
        return weAreRoot() ? forRoot() : forOrdinaryUser();
    }

    private static boolean weAreRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException e) {
            return "root".equals(System.getProperty("user.name"));
        }
    }

    static Account forOrdinaryUser() {
        return new Account(extended(List.of()), Optional.empty());
    }

    /// First choice: a user namespace, in which we own the same files and have no rights. Where
    /// namespaces are forbidden (many containers): another user.
    static Account forRoot() {
        List<String> namespace = List.of("unshare", "-U");
        if (works(namespace)) {
            return new Account(extended(namespace), Optional.empty());
        }
        for (String user : List.of("postgres", "nobody")) {
            Account account = forRootAs(user);
            if (!account.prefix().isEmpty()) {
                return account;
            }
        }
        throw new LocalPostgresException(
                "PostgreSQL does not run as root, and neither `unshare -U` nor `setpriv --reuid`"
                        + " works here: run Signet as an ordinary user, or give a database with"
                        + " --database-url");
    }

    /// Empty prefix: this user cannot be had.
    static Account forRootAs(String user) {
        List<String> other =
                List.of("setpriv", "--reuid", user, "--regid", group(user), "--clear-groups");
        return works(other)
                ? new Account(extended(other), Optional.of(user))
                : new Account(List.of(), Optional.of(user));
    }

    List<String> command(List<String> words) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(words);
        return command;
    }

    /// Whether the process that PostgreSQL becomes gets at this file or directory.
    boolean reaches(Path path) {
        return owner.isEmpty() || runs(prefix, List.of("test", "-x", path.toString()));
    }

    private static List<String> extended(List<String> prefix) {
        List<String> extended = prefix;
        for (List<String> more : List.of(TOLD_OF_OUR_DEATH, OWN_SESSION)) {
            List<String> candidate = new ArrayList<>(extended);
            candidate.addAll(more);
            if (runs(candidate, List.of("true"))) {
                extended = candidate;
            }
        }
        return List.copyOf(extended);
    }

    private static boolean works(List<String> prefix) {
        return runs(prefix, List.of("sh", "-c", "test \"$(id -u)\" -ne 0"));
    }

    private static String group(String user) {
        return user.equals("nobody") && !runs(List.of(), List.of("getent", "group", "nobody"))
                ? "nogroup"
                : user;
    }

    private static boolean runs(List<String> prefix, List<String> words) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(words);
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return false;
            }
            return process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
