package dev.signet.issuer.connection;

import dev.signet.client.CaAddress;
import dev.signet.client.ClientOptions;
import dev.signet.client.CredentialSource;
import dev.signet.client.FirstTrust;
import dev.signet.client.IdentityListener;
import dev.signet.client.IdentityStatus;
import dev.signet.client.IdentityUnavailableException;
import dev.signet.client.RegistrationAuthority;
import dev.signet.client.SignetClientException;
import dev.signet.client.SubjectCertificate;
import dev.signet.client.SubjectRequest;
import dev.signet.client.TrustBundle;
import dev.signet.client.WorkloadIdentity;
import dev.signet.client.WorkloadIdentityBuilder;
import dev.signet.client.X509Svid;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// A CA over gRPC: the controller's own identity there, kept fresh, and a registration authority on
/// it. Thread-safe.
final class LiveCaConnection implements CaConnection {

    private static final ClientOptions OPTIONS =
            ClientOptions.DEFAULTS.withFirstCertificateTimeout(Duration.ZERO);

    private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
    private final WorkloadIdentity identity;
    private final RegistrationAuthority registrationAuthority;

    LiveCaConnection(List<CaAddress> addresses, FirstTrust trust, CredentialSource credential) {
        WorkloadIdentityBuilder builder =
                WorkloadIdentity.builder()
                        .firstTrust(trust)
                        .credential(credential)
                        .options(OPTIONS)
                        .listener(
                                new IdentityListener() {
                                    @Override
                                    public void onRotated(X509Svid current) {
                                        tell(Change.HEALTH);
                                    }

                                    @Override
                                    public void onFailed(SignetClientException failure) {
                                        tell(Change.HEALTH);
                                    }

                                    @Override
                                    public void onExpired(X509Svid expired) {
                                        tell(Change.HEALTH);
                                    }

                                    @Override
                                    public void onRevoked(X509Svid revoked) {
                                        tell(Change.HEALTH);
                                    }

                                    @Override
                                    public void onTrustChanged(TrustBundle bundle) {
                                        tell(Change.TRUST);
                                    }
                                });
        addresses.forEach(address -> builder.caAddress(address.toString()));
        this.identity = builder.start();
        this.registrationAuthority = new RegistrationAuthority(identity, addresses, OPTIONS);
    }

    private void tell(Change change) {
        listeners.forEach(listener -> listener.accept(change));
    }

    @Override
    public SubjectCertificate issue(SubjectRequest request) {
        return registrationAuthority.issue(request);
    }

    @Override
    public Health health() {
        IdentityStatus status = identity.status();
        if (status.usable()) {
            return new Health.Usable(String.valueOf(status.spiffeId()));
        }
        String code = status.lastErrorCode();
        String error = status.lastError();
        return code == null || error == null
                ? new Health.Connecting()
                : new Health.Unusable(code, error);
    }

    @Override
    public Optional<TrustBundle> trustBundle() {
        try {
            return Optional.of(identity.trustBundle());
        } catch (IdentityUnavailableException e) {
            return Optional.empty();
        }
    }

    @Override
    public Runnable listen(Consumer<Change> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public void close() {
        registrationAuthority.close();
        identity.close();
    }
}
