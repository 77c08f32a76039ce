package dev.signet.ca.egress;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Optional;

import javax.net.ssl.SSLContext;

/// What a TLS client is made of, now. Thread-safe.
public interface TlsSource {

    /// Tells one content from the next, by `equals`.
    Object version();

    /// @return empty where the JDK's own defaults are meant
    /// @throws IOException when something cannot be read; the message is ours
    /// @throws GeneralSecurityException when its content is not usable; the message is ours
    Optional<SSLContext> context() throws IOException, GeneralSecurityException;

    /// One that never changes.
    static TlsSource of(SSLContext context) {
        return new TlsSource() {
            @Override
            public Object version() {
                return context;
            }

            @Override
            public Optional<SSLContext> context() {
                return Optional.of(context);
            }
        };
    }
}
