package dev.signet.client;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/// The CA, or this library before it asked, refused the request. The same request with the same
/// credential will be refused again.
public final class RequestRefusedException extends SignetClientException {

    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // always an immutable map of strings
    private final Map<String, String> details;

    RequestRefusedException(
            String code, String message, Map<String, String> details, @Nullable Throwable cause) {
        super(code, message, cause);
        this.details = Map.copyOf(details);
    }

    /// Details that the CA gave with the code; may be empty.
    public Map<String, String> details() {
        return details;
    }
}
