package dev.signet.client;

import dev.signet.client.rotation.RenewalWindow;

import org.jspecify.annotations.Nullable;

import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;

/// The CA as the client needs it. Each call ends within a bounded time and throws a
/// [SignetClientException] where there is no answer; answers are well-formed, and not verified yet.
/// `trust` is what the CA's own TLS certificate must chain to.
interface CaPort {

    Answer issue(Collection<X509Certificate> trust, String authorization, Attempt attempt);

    Answer renew(Collection<X509Certificate> trust, X509Svid current, Attempt attempt);

    TrustBundle trustBundle(Collection<X509Certificate> trust);

    /// From whoever answers.
    TrustBundle unverifiedTrustBundle();

    /// As [#trustBundle], with what else is published.
    TrustState trustState(Collection<X509Certificate> trust);

    /// Opens a watch of trust and of revocations over one connection. Opening fails through
    /// [Watcher#ended] as well.
    Watch watch(Collection<X509Certificate> trust, Opening opening, Watcher watcher);

    /// How a watch begins.
    ///
    /// @param shown certificate to show to the CA; null: none
    /// @param heldVersion of the trust bundle that is verified with; 0: none
    /// @param afterSequence of the revocations that are known; 0: none
    record Opening(@Nullable X509Svid shown, long heldVersion, long afterSequence) {}

    /// An open watch. Thread-safe.
    interface Watch {

        /// Says that this version of the bundle is in force here.
        void acknowledge(long version);

        /// Ends it; [Watcher#ended] is not called.
        void close();
    }

    /// Called from any thread, by one at a time for each of the first two.
    interface Watcher {

        void trust(TrustState state);

        void revocations(RevocationUpdate update);

        /// At most once, then nothing.
        void ended(SignetClientException end);
    }

    /// @param chain leaf first
    /// @param bundleVersion current at issuance
    /// @param notices what was asked for and not given
    record Answer(
            List<X509Certificate> chain,
            RenewalWindow window,
            long bundleVersion,
            List<IssuanceNotice> notices) {

        Answer(List<X509Certificate> chain, RenewalWindow window, long bundleVersion) {
            this(chain, window, bundleVersion, List.of());
        }
    }
}
