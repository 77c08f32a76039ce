package dev.signet.issuer.queue;

/// A resource by name.
///
/// @param namespace empty for what has none
public record ResourceKey(String namespace, String name) {

    @Override
    public String toString() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }
}
