package dev.signet.client;

import org.jspecify.annotations.Nullable;

/// What a call of this library can end with, split by what the caller does next:
///
/// | type | next |
/// |---|---|
/// | [CaUnavailableException] | wait and try again |
/// | [RequestRefusedException] | change the credential, the request or the policy; trying again does not help |
/// | [UntrustedCaException] | check address and first trust; nothing that this CA said was used |
/// | [IdentityUnavailableException] | the service has no certificate to show; see its cause |
///
/// The code is permanent and meant for machines; no message holds a key or a token.
public abstract sealed class SignetClientException extends RuntimeException
        permits CaUnavailableException,
                RequestRefusedException,
                UntrustedCaException,
                IdentityUnavailableException {

    private static final long serialVersionUID = 1L;

    private final String code;

    SignetClientException(String code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /// The CA's permanent refusal code where the CA gave one (see docs/errors.md), else this
    /// library's own in the same form.
    public String code() {
        return code;
    }
}
