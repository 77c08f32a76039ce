package dev.signet.client;

import dev.signet.client.rotation.SystemTimeline;
import dev.signet.client.rotation.Timeline;

import org.jspecify.annotations.Nullable;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Describes a [WorkloadIdentity]. Needed: an address, first trust, and a credential or a cache.
/// Not thread-safe.
public final class WorkloadIdentityBuilder {

    private final List<CaAddress> addresses = new ArrayList<>();
    private final List<IdentityListener> listeners = new ArrayList<>();
    private @Nullable FirstTrust firstTrust;
    private @Nullable CredentialSource credential;
    private @Nullable TrustDomain trustDomain;
    private @Nullable SpiffeId spiffeId;
    private @Nullable Duration lifetime;
    private @Nullable DiskCache cache;
    private KeyType keyType = KeyType.P256;
    private boolean keepKey;
    private ClientOptions options = ClientOptions.DEFAULTS;
    private @Nullable Timeline timeline;
    private @Nullable CaPort port;

    WorkloadIdentityBuilder() {}

    /// Adds a replica of the CA, `host:port` or `[ipv6]:port`. Where one does not answer, the next
    /// is asked.
    ///
    /// @throws IllegalArgumentException when the text is no address
    public WorkloadIdentityBuilder caAddress(String hostAndPort) {
        addresses.add(CaAddress.parse(hostAndPort));
        return this;
    }

    /// How the CA is trusted before it has been talked to.
    public WorkloadIdentityBuilder firstTrust(FirstTrust trust) {
        firstTrust = trust;
        return this;
    }

    /// What the workload proves itself with when it has no valid certificate.
    public WorkloadIdentityBuilder credential(CredentialSource source) {
        credential = source;
        return this;
    }

    /// The trust domain that the CA must serve. Not given: whatever the trusted CA says.
    ///
    /// @throws IllegalArgumentException when the text is no trust domain's name
    public WorkloadIdentityBuilder trustDomain(String name) {
        trustDomain = new TrustDomain(name);
        return this;
    }

    /// The identity to ask for, and to accept. Not given: the one that policy grants to the
    /// credential, and from then on no other.
    ///
    /// @throws IllegalArgumentException when the text is no SPIFFE ID
    public WorkloadIdentityBuilder spiffeId(String id) {
        spiffeId = SpiffeId.parse(id);
        return this;
    }

    /// Kind of the keys that are made; P-256 unless called.
    public WorkloadIdentityBuilder keyType(KeyType type) {
        keyType = type;
        return this;
    }

    /// Keeps one key for the life of this object instead of making a new one at each rotation.
    public WorkloadIdentityBuilder keepKey() {
        keepKey = true;
        return this;
    }

    /// Requested lifetime of each certificate, whole seconds. Not given: what policy gives.
    public WorkloadIdentityBuilder lifetime(Duration requested) {
        lifetime = requested;
        return this;
    }

    /// Keeps the identity over restarts.
    public WorkloadIdentityBuilder cache(DiskCache diskCache) {
        cache = diskCache;
        return this;
    }

    public WorkloadIdentityBuilder options(ClientOptions clientOptions) {
        options = clientOptions;
        return this;
    }

    /// Adds a listener.
    public WorkloadIdentityBuilder listener(IdentityListener listener) {
        listeners.add(listener);
        return this;
    }

    /// The seam for tests: another time, chance and thread than the machine's. The identity closes
    /// it.
    WorkloadIdentityBuilder timeline(Timeline other) {
        timeline = other;
        return this;
    }

    /// The seam for tests: another CA than one over gRPC.
    WorkloadIdentityBuilder port(CaPort other) {
        port = other;
        return this;
    }

    /// Starts the identity and waits for its first certificate, from the cache or from the CA, as
    /// long as [ClientOptions#firstCertificateTimeout()] says; with 0 it returns at once.
    ///
    /// @throws IdentityUnavailableException when no certificate came in time, or a one-time join
    ///   token was refused; everything is stopped then
    /// @throws IllegalStateException when something needed was not given
    public WorkloadIdentity start() {
        if (addresses.isEmpty() && port == null) {
            throw new IllegalStateException("no CA address was given: call caAddress(..)");
        }
        FirstTrust trust = firstTrust;
        if (trust == null) {
            throw new IllegalStateException("no first trust was given: call firstTrust(..)");
        }
        if (credential == null && cache == null) {
            throw new IllegalStateException(
                    "neither credential nor cache was given: call credential(..)");
        }
        IssueRequest requested = new IssueRequest(keyType, lifetime, spiffeId);
        Timeline time =
                timeline == null
                        ? new SystemTimeline("signet-identity", new SecureRandom())
                        : timeline;
        RevocationKnowledge revocations =
                new RevocationKnowledge(time, options.whenRevocationUnknown());
        CaPort ca =
                port == null
                        ? new GrpcCaPort(
                                addresses, options.callDeadline(), time, revocations::isRevoked)
                        : port;
        LiveIdentity live = new LiveIdentity(time, revocations);
        Listeners told = new Listeners(listeners);
        Conversation conversation =
                new Conversation(
                        ca,
                        trust,
                        time,
                        options.clockTolerance(),
                        trustDomain,
                        // A workload serves and calls by the same certificate.
                        Set.of(SvidVerifier.SERVER_AUTH, SvidVerifier.CLIENT_AUTH));
        IdentityRotation rotation =
                new IdentityRotation(
                        conversation,
                        live,
                        credential,
                        requested,
                        keepKey,
                        new IdentityCache(cache),
                        told);
        WorkloadIdentity identity =
                new WorkloadIdentity(
                        time, ca, live, revocations, conversation, rotation, told, options);
        identity.start();
        try {
            identity.awaitFirst(options.firstCertificateTimeout());
        } catch (IdentityUnavailableException e) {
            identity.close();
            throw e;
        }
        return identity;
    }
}
