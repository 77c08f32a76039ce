package dev.signet.client;

import dev.signet.client.rotation.RenewalWindow;

import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/// The CA as the client needs it. Each call ends within a bounded time and throws a
/// [SignetClientException] where there is no answer; answers are well-formed, and not verified yet.
/// `trust` is what the CA's own TLS certificate must chain to.
interface CaPort {

    Answer issue(Collection<X509Certificate> trust, String authorization, Attempt attempt);

    Answer renew(Collection<X509Certificate> trust, X509Svid current, Attempt attempt);

    TrustBundle trustBundle(Collection<X509Certificate> trust);

    /// From whoever answers.
    TrustBundle unverifiedTrustBundle();

    /// Callbacks may come from any thread; `onEnd` at most once, then nothing.
    ///
    /// @return closes the watch
    Runnable watch(
            Collection<X509Certificate> trust,
            Consumer<TrustBundle> onBundle,
            Consumer<SignetClientException> onEnd);

    /// @param chain leaf first
    /// @param bundleVersion current at issuance
    record Answer(List<X509Certificate> chain, RenewalWindow window, long bundleVersion) {}
}
