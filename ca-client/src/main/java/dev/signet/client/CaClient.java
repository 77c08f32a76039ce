package dev.signet.client;

import org.jspecify.annotations.Nullable;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/// One certificate at a time, for tools that issue once and exit; a service that runs wants
/// [WorkloadIdentity]. Each method asks the CA once (its other replicas where one is away) and
/// throws a [SignetClientException] where there is no verified answer. Holds no connection open.
/// Thread-safe.
public final class CaClient {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Conversation conversation;
    private final InstantSource clock;

    /// @param addresses replicas of one CA, at least one
    /// @param options of which the call deadline and the clock tolerance matter here
    /// @throws IllegalArgumentException when there is no address
    public CaClient(List<CaAddress> addresses, FirstTrust firstTrust, ClientOptions options) {
        this(addresses, firstTrust, options, InstantSource.system());
    }

    CaClient(
            List<CaAddress> addresses,
            FirstTrust firstTrust,
            ClientOptions options,
            InstantSource clock) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no CA address was given");
        }
        this.clock = clock;
        this.conversation =
                new Conversation(
                        new GrpcCaPort(
                                addresses, options.callDeadline(), clock, certificate -> false),
                        firstTrust,
                        clock,
                        options.clockTolerance(),
                        null,
                        // What it is for is the profile's business: client, server or both.
                        Set.of());
    }

    /// The CA's trust bundle as it is now.
    public synchronized TrustBundle trustBundle() {
        return conversation.refresh(true);
    }

    /// A new key and a certificate for it.
    ///
    /// @param credential a certificate among them is renewed
    public synchronized IssuedIdentity issue(CredentialSource credential, IssueRequest request) {
        Attempt attempt =
                Attempt.with(
                        request.keyType().generate(RANDOM),
                        clock.instant(),
                        request.lifetime(),
                        request.spiffeId(),
                        RANDOM);
        if (credential instanceof CredentialSource.JoinToken token) {
            return issue(token.authorization(), attempt, request.spiffeId());
        }
        if (credential instanceof CredentialSource.TokenFile file) {
            return issue(file.authorization(), attempt, request.spiffeId());
        }
        if (credential instanceof CredentialSource.TokenSupplier supplier) {
            return issue(supplier.authorization(), attempt, request.spiffeId());
        }
        return conversation.renew(((CredentialSource.CertificateFiles) credential).read(), attempt);
    }

    private IssuedIdentity issue(
            String authorization, Attempt attempt, @Nullable SpiffeId expected) {
        return conversation.issue(authorization, attempt, expected, true);
    }
}
