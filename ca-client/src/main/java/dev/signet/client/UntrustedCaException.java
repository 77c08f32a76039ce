package dev.signet.client;

import org.jspecify.annotations.Nullable;

/// What answered is not the CA that this client trusts, or its answer did not verify: another key,
/// another identity, a chain that ends nowhere, a validity that is not now. Nothing of it was used.
public final class UntrustedCaException extends SignetClientException {

    private static final long serialVersionUID = 1L;

    UntrustedCaException(String code, String message, @Nullable Throwable cause) {
        super(code, message, cause);
    }
}
