package dev.signet.cli.context;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.home.PrivateFiles;
import dev.signet.cli.postgres.Directories;
import dev.signet.cli.postgres.UserHome;
import dev.signet.cli.remote.AdminCredential;
import dev.signet.cli.remote.AdminTarget;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.representer.Representer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/// Where contexts are kept, YAML:
///
/// ```yaml
/// current: prod
/// contexts:
///   prod:
///     server: https://ca.example.org:9443
///     ca-bundle: prod/bundle.pem          # relative to this file
///     certificate: prod/identity.pem      # or token-file, token-command, token-variable,
///     key: prod/identity.pem              # operator-credential
///     grpc: ca.example.org:8443           # where the certificate is renewed
/// ```
///
/// For its owner only (0600): it names a command that is run, and what is trusted. Changes are
/// exclusive among threads and processes, so that no change is lost. Thread-safe.
public final class ContextsFile {

    private static final int MAX_OCTETS = 1 << 20;
    private static final int MAX_CONTEXTS = 1000;
    private static final Set<String> KEYS =
            Set.of(
                    "server",
                    "ca-bundle",
                    "certificate",
                    "key",
                    "token-file",
                    "token-command",
                    "token-variable",
                    "operator-credential",
                    "grpc");

    private final Path file;

    private ContextsFile(Path file) {
        this.file = file.toAbsolutePath().normalize();
    }

    /// That file; nothing is read.
    public static ContextsFile at(Path file) {
        return new ContextsFile(file);
    }

    /// `$XDG_CONFIG_HOME/signet/contexts.yaml`, mostly `~/.config/signet/contexts.yaml`.
    public static Path defaultPath() {
        String configuration = System.getenv("XDG_CONFIG_HOME");
        return (configuration == null || configuration.isBlank()
                        ? UserHome.path().resolve(".config")
                        : Path.of(configuration))
                .resolve("signet")
                .resolve("contexts.yaml");
    }

    public Path path() {
        return file;
    }

    /// Directory for what belongs to one context.
    public Path directory(String name) {
        return file.resolveSibling(name);
    }

    /// None where there is no file, or no home to have one.
    ///
    /// @throws CommandFailedException when the file is broken or others have access
    public Contexts read() {
        if (file.startsWith(UserHome.NONE)) {
            return Contexts.NONE;
        }
        try {
            PrivateFiles.requirePrivate(file);
            if (Files.size(file) > MAX_OCTETS) {
                throw broken("it is larger than 1 MiB");
            }
            return contexts(yaml().load(Files.readString(file)));
        } catch (NoSuchFileException e) {
            return Contexts.NONE;
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "CONTEXTS", "cannot read " + file + ": " + e.getMessage(), e);
        } catch (YAMLException e) {
            throw broken(e.getMessage());
        } catch (IllegalArgumentException e) {
            throw broken(String.valueOf(e.getMessage()));
        }
    }

    private static Yaml yaml() {
        LoaderOptions loader = new LoaderOptions();
        loader.setAllowDuplicateKeys(false);
        loader.setMaxAliasesForCollections(0);
        loader.setCodePointLimit(MAX_OCTETS);
        DumperOptions dumper = new DumperOptions();
        dumper.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        return new Yaml(new SafeConstructor(loader), new Representer(dumper), dumper, loader);
    }

    private CommandFailedException broken(@Nullable String why) {
        return new CommandFailedException("CONTEXTS", file + " cannot be used: " + why);
    }

    private Contexts contexts(@Nullable Object document) {
        if (document == null) {
            return Contexts.NONE;
        }
        Map<?, ?> top = map("the document", document);
        requireKeys("the document", top, Set.of("current", "contexts"));
        Map<String, Context> byName = new LinkedHashMap<>();
        Object listed = top.get("contexts");
        if (listed != null) {
            map("contexts", listed)
                    .forEach((name, value) ->
                            byName.put(
                                    String.valueOf(name),
                                    context(String.valueOf(name), map("contexts." + name, value))));
        }
        if (byName.size() > MAX_CONTEXTS) {
            throw new IllegalArgumentException("it has more than " + MAX_CONTEXTS + " contexts");
        }
        String current = text(top, "current");
        if (current != null && !byName.containsKey(current)) {
            throw new IllegalArgumentException("current: there is no context '" + current + "'");
        }
        return new Contexts(current, byName);
    }

    private static Map<?, ?> map(String where, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException(where + " is no mapping of names to values");
    }

    private static void requireKeys(String where, Map<?, ?> map, Set<String> known) {
        for (Object key : map.keySet()) {
            if (!(key instanceof String) || !known.contains(key)) {
                throw new IllegalArgumentException(
                        where + " has '" + key + "' (expected: some of " + known + ")");
            }
        }
    }

    private static @Nullable String text(Map<?, ?> map, String key) {
        return switch (map.get(key)) {
            case null -> null;
            case String text when !text.isBlank() -> text;
            default -> throw new IllegalArgumentException(key + " is no text");
        };
    }

    private Context context(String name, Map<?, ?> map) {
        requireKeys("contexts." + name, map, KEYS);
        String server = text(map, "server");
        String bundle = text(map, "ca-bundle");
        if (server == null || bundle == null) {
            throw new IllegalArgumentException(
                    "contexts." + name + " lacks " + (server == null ? "server" : "ca-bundle"));
        }
        return new Context(
                name,
                new AdminTarget(
                        AdminTarget.address(server),
                        file.resolveSibling(bundle),
                        credential(name, map)),
                text(map, "grpc"));
    }

    private AdminCredential credential(String name, Map<?, ?> map) {
        AdminCredential found = null;
        int count = 0;
        for (Object key : map.keySet()) {
            AdminCredential credential = credential(String.valueOf(key), name, map);
            if (credential != null) {
                found = credential;
                count++;
            }
        }
        if (found == null || count > 1) {
            throw new IllegalArgumentException(
                    "contexts."
                            + name
                            + " has "
                            + count
                            + " credentials (expected: one of certificate with key, token-file,"
                            + " token-command, token-variable, operator-credential)");
        }
        return found;
    }

    private @Nullable AdminCredential credential(String kind, String name, Map<?, ?> map) {
        String value = text(map, kind);
        if (value == null) {
            return null;
        }
        return switch (kind) {
            case "certificate" -> {
                String key = text(map, "key");
                if (key == null) {
                    throw new IllegalArgumentException("contexts." + name + " lacks key");
                }
                yield new AdminCredential.Certificate(
                        file.resolveSibling(value), file.resolveSibling(key));
            }
            case "token-file" -> new AdminCredential.TokenFile(file.resolveSibling(value));
            case "token-command" -> new AdminCredential.TokenCommand(value);
            case "token-variable" -> new AdminCredential.TokenVariable(value);
            case "operator-credential" ->
                    new AdminCredential.OperatorFile(file.resolveSibling(value));
            default -> null;
        };
    }

    /// Changes what is in the file, alone: others that change it at the same time wait.
    ///
    /// @param change from the contexts as they are to those to write
    /// @return what was written
    /// @throws CommandFailedException when that is not possible
    public Contexts change(UnaryOperator<Contexts> change) {
        requireHome();
        try {
            Directories.createPrivate(file.resolveSibling(""));
            // The system's lock is the process's: threads of one need another.
            synchronized (ContextsFile.class) {
                try (FileChannel channel =
                                FileChannel.open(
                                        file.resolveSibling("." + file.getFileName() + ".lock"),
                                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                                        PosixFilePermissions.asFileAttribute(
                                                PosixFilePermissions.fromString("rw-------")));
                        FileLock _ = channel.lock()) {
                    Contexts changed = change.apply(read());
                    write(changed);
                    return changed;
                }
            }
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "CONTEXTS", "cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /// @throws CommandFailedException when the file could not be written, as there is no home
    void requireHome() {
        if (file.startsWith(UserHome.NONE)) {
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    "NO_HOME",
                    "there is no home directory: HOME is not set, and the system has none for this"
                            + " user\nGive --contexts-file FILE, or set HOME",
                    null);
        }
    }

    private void write(Contexts contexts) throws IOException {
        Map<String, Object> byName = new LinkedHashMap<>();
        for (Context context : contexts.all()) {
            byName.put(context.name(), map(context));
        }
        Map<String, Object> document = new LinkedHashMap<>();
        if (contexts.current() != null) {
            document.put("current", contexts.current());
        }
        document.put("contexts", byName);
        PrivateFiles.writeSecret(file, yaml().dump(document));
    }

    private Map<String, Object> map(Context context) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("server", context.target().server().toString());
        map.put("ca-bundle", near(context.target().bundle()));
        switch (context.target().credential()) {
            case AdminCredential.Certificate(Path chain, Path key) -> {
                map.put("certificate", near(chain));
                map.put("key", near(key));
            }
            case AdminCredential.TokenFile(Path token) -> map.put("token-file", near(token));
            case AdminCredential.TokenCommand(String command) -> map.put("token-command", command);
            case AdminCredential.TokenVariable(String name) -> map.put("token-variable", name);
            case AdminCredential.OperatorFile(Path credential) ->
                    map.put("operator-credential", near(credential));
        }
        if (context.grpc() != null) {
            map.put("grpc", context.grpc());
        }
        return map;
    }

    /// What lies beside the file is named relative to it: the directory can be moved.
    private String near(Path path) {
        Path whole = path.toAbsolutePath().normalize();
        Path directory = file.resolveSibling("");
        return whole.startsWith(directory)
                ? directory.relativize(whole).toString()
                : whole.toString();
    }
}
