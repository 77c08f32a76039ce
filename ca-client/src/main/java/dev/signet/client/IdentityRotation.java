package dev.signet.client;

import dev.signet.client.rotation.Backoff;
import dev.signet.client.rotation.Lease;
import dev.signet.client.rotation.RenewalWindow;
import dev.signet.client.rotation.RotationTask;

import org.jspecify.annotations.Nullable;

import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/// One attempt after the other at the next certificate: by the current one while it is valid, by
/// the credential where there is none, or where the CA does not take it. What was verified is
/// swapped in. All but the counters belongs to the timeline's thread.
final class IdentityRotation implements RotationTask {

    private static final System.Logger LOG = System.getLogger(IdentityRotation.class.getName());
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String TOKEN_ALREADY_USED = "TOKEN_ALREADY_USED";
    private static final String NO_CREDENTIAL = "NO_CREDENTIAL";
    private static final Set<String> HOPELESS =
            Set.of(TOKEN_ALREADY_USED, NO_CREDENTIAL, "UNAUTHENTICATED");

    private final Conversation conversation;
    private final LiveIdentity live;
    private final @Nullable CredentialSource credential;
    private final IssueRequest requested;
    private final boolean keepKey;
    private final IdentityCache cache;
    private final Listeners listeners;
    private final CompletableFuture<X509Svid> first = new CompletableFuture<>();

    private @Nullable Attempt pending;
    private boolean pendingIsRenewal;
    private boolean joinTokenSpent;
    private @Nullable RenewalWindow window;

    private volatile @Nullable SignetClientException lastFailure;
    private final AtomicLong rotations = new AtomicLong();
    private final AtomicLong attestations = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();

    IdentityRotation(
            Conversation conversation,
            LiveIdentity live,
            @Nullable CredentialSource credential,
            IssueRequest requested,
            boolean keepKey,
            IdentityCache cache,
            Listeners listeners) {
        this.conversation = conversation;
        this.live = live;
        this.credential = credential;
        this.requested = requested;
        this.keepKey = keepKey;
        this.cache = cache;
        this.listeners = listeners;
    }

    /// Takes the cached identity into use, if there is one that is still good.
    ///
    /// @return its lease, or null
    @Nullable Lease resume() {
        IssuedIdentity cached = cache.load();
        if (cached == null) {
            return null;
        }
        SpiffeId wanted = requested.spiffeId();
        try {
            SpiffeId id = conversation.checked(cached.svid().chain(), cached.bundle());
            if (wanted != null && !wanted.equals(id)) {
                LOG.log(System.Logger.Level.WARNING, "cached identity is another one: {0}", id);
                return null;
            }
            conversation.accept(cached.bundle());
        } catch (UntrustedCaException e) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "cached identity is not good any more: {0}",
                    e.getMessage());
            return null;
        }
        live.swap(cached.svid(), cached.bundle());
        window = cached.window();
        first.complete(cached.svid());
        listeners.tell(listener -> listener.onRotated(cached.svid()));
        return new Lease(cached.svid().notAfter(), cached.window());
    }

    @Override
    public Outcome attempt() {
        try {
            IssuedIdentity issued = next();
            adopt(issued);
            return new Renewed(new Lease(issued.svid().notAfter(), issued.window()));
        } catch (SignetClientException e) {
            SignetClientException failure = judged(e);
            failed(failure);
            return new Failed(
                    failure instanceof CaUnavailableException away
                            ? away.retryAfter().orElse(null)
                            : isHopeless(failure) ? Backoff.MAX_ASKED : null);
        } catch (RuntimeException e) {
            pending = null;
            failed(
                    new CaUnavailableException(
                            "CLIENT_FAULT",
                            "the attempt met a fault of this library: " + e,
                            null,
                            e));
            return new Failed(null);
        }
    }

    /// A join token that was used is not shown again: each attempt would count as one to use it
    /// twice.
    private SignetClientException judged(SignetClientException e) {
        if (!(credential instanceof CredentialSource.JoinToken)
                || !e.code().equals(TOKEN_ALREADY_USED)) {
            return e;
        }
        joinTokenSpent = true;
        return new RequestRefusedException(
                e.code(),
                e.getMessage()
                        + " A join token works once, and the CA is not asked again with this one:"
                        + " make a new one (signet token create) and start again with it. Where"
                        + " nobody here used it, somebody else did: tell the operator at once.",
                e instanceof RequestRefusedException refused ? refused.details() : Map.of(),
                e);
    }

    /// Whether no further attempt helps as long as nobody starts this again with something else.
    private boolean isHopeless(SignetClientException failure) {
        return credential instanceof CredentialSource.JoinToken
                && live.usable() == null
                && HOPELESS.contains(failure.code());
    }

    private IssuedIdentity next() {
        X509Svid current = live.usable();
        if (current != null) {
            try {
                return conversation.renew(current, attempt(true, current));
            } catch (RequestRefusedException e) {
                pending = null;
                if (!canAttest()) {
                    throw e;
                }
                LOG.log(
                        System.Logger.Level.WARNING,
                        "renewal by the current certificate was refused ({0}); attesting again",
                        e.code());
                failures.incrementAndGet();
            } catch (UntrustedCaException e) {
                // The same request would bring the same answer.
                pending = null;
                throw e;
            }
        }
        try {
            IssuedIdentity issued = attest();
            attestations.incrementAndGet();
            return issued;
        } catch (RequestRefusedException | UntrustedCaException e) {
            pending = null;
            throw e;
        }
    }

    private boolean canAttest() {
        return credential != null
                && !(credential instanceof CredentialSource.JoinToken && joinTokenSpent);
    }

    private IssuedIdentity attest() {
        X509Svid last = live.last();
        SpiffeId expected = last == null ? requested.spiffeId() : last.spiffeId();
        boolean anew = live.usable() == null;
        if (credential instanceof CredentialSource.TokenFile file) {
            return conversation.issue(file.authorization(), attempt(false, last), expected, anew);
        }
        if (credential instanceof CredentialSource.TokenSupplier supplier) {
            return conversation.issue(
                    supplier.authorization(), attempt(false, last), expected, anew);
        }
        if (credential instanceof CredentialSource.JoinToken token && !joinTokenSpent) {
            IssuedIdentity issued =
                    conversation.issue(token.authorization(), attempt(false, last), expected, anew);
            joinTokenSpent = true;
            return issued;
        }
        if (credential instanceof CredentialSource.CertificateFiles files) {
            X509Svid held = files.read();
            if (expected != null && !expected.equals(held.spiffeId())) {
                throw new RequestRefusedException(
                        "OTHER_IDENTITY",
                        "certificate file names "
                                + held.spiffeId()
                                + " (expected: "
                                + expected
                                + ")",
                        Map.of(),
                        null);
            }
            return conversation.renew(held, attempt(false, held));
        }
        throw new RequestRefusedException(
                NO_CREDENTIAL,
                "there is no valid certificate to renew, and "
                        + (credential == null
                                ? "no credential was given"
                                : "the one-time join token was already used; start again with a"
                                        + " new one"),
                Map.of(),
                null);
    }

    private Attempt attempt(boolean renewal, @Nullable X509Svid last) {
        Attempt attempt = pending;
        if (attempt == null || pendingIsRenewal != renewal) {
            KeyPair keys =
                    keepKey && last != null
                            ? new KeyPair(last.leaf().getPublicKey(), last.privateKey())
                            : requested.keyType().generate(RANDOM);
            attempt = Attempt.with(keys, live.clock().instant(), requested, RANDOM);
            pending = attempt;
            pendingIsRenewal = renewal;
        }
        return attempt;
    }

    private void adopt(IssuedIdentity issued) {
        pending = null;
        boolean otherTrust =
                !issued.bundle().equals(live.bundles().get(issued.bundle().trustDomain()));
        live.swap(issued.svid(), issued.bundle());
        window = issued.window();
        rotations.incrementAndGet();
        lastFailure = null;
        cache.save(issued);
        first.complete(issued.svid());
        LOG.log(System.Logger.Level.DEBUG, "rotated: {0}", issued.svid());
        listeners.tell(listener -> listener.onRotated(issued.svid()));
        if (otherTrust) {
            listeners.tell(listener -> listener.onTrustChanged(issued.bundle()));
        }
    }

    private void failed(SignetClientException e) {
        failures.incrementAndGet();
        lastFailure = e;
        LOG.log(
                System.Logger.Level.WARNING,
                "no new certificate: {0}: {1}",
                e.code(),
                e.getMessage());
        listeners.tell(listener -> listener.onFailed(e));
        if (credential instanceof CredentialSource.JoinToken
                && e instanceof RequestRefusedException) {
            // A one-time token that was refused once will not be taken later.
            first.completeExceptionally(e);
        }
    }

    /// Takes a bundle that the CA published.
    ///
    /// @return whether the current certificate no longer verifies and wants a successor at once
    boolean trustChanged(TrustBundle offered) {
        if (!conversation.accept(offered)) {
            return false;
        }
        live.swap(offered);
        X509Svid current = live.usable();
        RenewalWindow currentWindow = window;
        listeners.tell(listener -> listener.onTrustChanged(offered));
        if (current == null || currentWindow == null) {
            return false;
        }
        cache.save(new IssuedIdentity(current, offered, currentWindow));
        try {
            SvidVerifier.verify(current.chain(), live.bundles(), live.clock().instant(), Set.of());
            return false;
        } catch (CertificateException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the current certificate is not trusted by bundle version {0}; renewing",
                    offered.version());
            return true;
        }
    }

    @Override
    public void expired() {
        X509Svid last = live.last();
        if (last != null) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "certificate expired without a successor: {0}",
                    last);
            listeners.tell(listener -> listener.onExpired(last));
        }
    }

    CompletableFuture<X509Svid> first() {
        return first;
    }

    @Nullable SignetClientException lastFailure() {
        return lastFailure;
    }

    long rotations() {
        return rotations.get();
    }

    long attestations() {
        return attestations.get();
    }

    long failures() {
        return failures.get();
    }
}
