package dev.signet.cli.context;

import dev.signet.cli.CommandFailedException;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The contexts of a user, and which of them is used where none is named. Immutable.
///
/// @param current name of one of them; null: none is
public record Contexts(@Nullable String current, Map<String, Context> byName) {

    static final Contexts NONE = new Contexts(null, Map.of());

    public Contexts {
        // In the order of the file.
        byName = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    public Collection<Context> all() {
        return byName.values();
    }

    /// @throws CommandFailedException when there is none of this name
    public Context named(String name) {
        Context context = byName.get(name);
        if (context == null) {
            throw new CommandFailedException(
                    "NO_CONTEXT",
                    "there is no context '"
                            + name
                            + "' (there "
                            + (byName.isEmpty()
                                    ? "are none"
                                    : "is: " + String.join(", ", byName.keySet()))
                            + ")");
        }
        return context;
    }

    /// @throws CommandFailedException when there is one of this name
    void requireFree(String name) {
        Context context = byName.get(name);
        if (context != null) {
            throw new CommandFailedException(
                    "CONTEXT_EXISTS",
                    "context "
                            + name
                            + " exists and names "
                            + context.target().credential().words()
                            + "\nGive another name, or --force to replace it");
        }
    }

    /// The one that is used where none is named.
    public Optional<Context> used() {
        return current == null ? Optional.empty() : Optional.of(named(current));
    }

    /// With one more, or another in its place.
    public Contexts with(Context context) {
        Map<String, Context> more = new LinkedHashMap<>(byName);
        more.put(context.name(), context);
        return new Contexts(current, more);
    }

    /// @throws CommandFailedException when there is none of this name
    public Contexts using(String name) {
        return new Contexts(named(name).name(), byName);
    }

    /// @throws CommandFailedException when there is none of this name
    public Contexts without(String name) {
        Map<String, Context> fewer = new LinkedHashMap<>(byName);
        fewer.remove(named(name).name());
        return new Contexts(name.equals(current) ? null : current, fewer);
    }
}
