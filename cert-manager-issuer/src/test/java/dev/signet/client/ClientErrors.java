package dev.signet.client;

import java.time.Duration;
import java.util.Map;

/// What the client library throws, for fakes of a CA.
public final class ClientErrors {

    private ClientErrors() {}

    public static RequestRefusedException refused(String code) {
        return new RequestRefusedException(code, "refused by the test", Map.of(), null);
    }

    public static CaUnavailableException away(String code, Duration retryAfter) {
        return new CaUnavailableException(code, "away by the test", retryAfter, null);
    }

    public static UntrustedCaException untrusted(String code) {
        return new UntrustedCaException(code, "not trusted by the test", null);
    }
}
