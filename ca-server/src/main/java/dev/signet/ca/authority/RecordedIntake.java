package dev.signet.ca.authority;

import dev.signet.ca.authority.AuthorityFactory.Made;
import dev.signet.ca.authority.AuthorityFactory.Requested;
import dev.signet.ca.authority.AuthorityLifeCycle.Change;
import dev.signet.ca.authority.AuthorityLifeCycle.Changed;
import dev.signet.ca.authority.AuthorityStore.Content;
import dev.signet.ca.authority.AuthorityStore.NewAuthority;
import dev.signet.ca.authority.AuthorityStore.StoredAuthority;
import dev.signet.ca.authority.IntakeChain.Link;
import dev.signet.ca.authority.JdbcAuthorityRequests.Open;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Reads and proves before it takes the store's lock, and decides under it.
final class RecordedIntake implements AuthorityIntake {

    /// More in a day would only be forgotten ones; each is a key.
    static final int MOST_REQUESTS = 16;

    private static final int OWN_IDENTIFIER_LENGTH = 20;

    private final CryptoProvider crypto;
    private final AuthorityStore store;
    private final JdbcAuthorityRequests requests;
    private final AuthorityFactory factory;
    private final AuthorityKeys keys;
    private final AuthorityPreparation preparation;
    private final AuthorityLoader loader;
    private final AuthoritySettings settings;
    private final TrustDomain trustDomain;
    private final JdbcAuthorityTransactions transactions;
    private final InstantSource clock;
    private final MaterialReader reader;

    RecordedIntake(
            CryptoProvider crypto,
            AuthorityStore store,
            JdbcAuthorityRequests requests,
            AuthorityFactory factory,
            AuthorityKeys keys,
            AuthorityPreparation preparation,
            AuthorityLoader loader,
            AuthoritySettings settings,
            TrustDomain trustDomain,
            JdbcAuthorityTransactions transactions,
            InstantSource clock) {
        this.crypto = crypto;
        this.store = store;
        this.requests = requests;
        this.factory = factory;
        this.keys = keys;
        this.preparation = preparation;
        this.loader = loader;
        this.settings = settings;
        this.trustDomain = trustDomain;
        this.transactions = transactions;
        this.clock = clock;
        this.reader = new MaterialReader(crypto);
    }

    @Override
    public Requesting request(String reason) {
        return transactions.perform(() -> {
            store.lock();
            if (requests.openOfTheLastDay() >= MOST_REQUESTS) {
                return new Requesting.Refused(
                        Refusal.of(
                                RefusalCode.CONFLICT,
                                MOST_REQUESTS
                                        + " requests of the last day have no certificate yet"
                                        + " (expected: fewer). Have one of them signed."));
            }
            Requested made =
                    factory.request(
                            trustDomain, settings.issuingKeyType(), settings.issuingPathLength());
            String id = HexFormat.of().formatHex(crypto.sha256(made.der()));
            requests.add(
                    new Open(
                            id,
                            made.key().type(),
                            made.der(),
                            made.key().record(id, AuthorityRole.ISSUING)),
                    trustDomain.name(),
                    reason);
            return new Requesting.Made(id, pem(made.der()));
        });
    }

    private static String pem(byte[] der) {
        return "-----BEGIN CERTIFICATE REQUEST-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END CERTIFICATE REQUEST-----\n";
    }

    @Override
    public Change accept(byte[] certificates, long basis, String reason) {
        return change(
                basis,
                () -> reader.certificates(certificates),
                (read, content) -> {
                    List<Open> open = requests.open(trustDomain.name());
                    AuthorityCertificate issuing = null;
                    Open request = null;
                    for (AuthorityCertificate certificate : read.certificates()) {
                        Optional<Open> found =
                                open.stream().filter(one -> isFor(one, certificate)).findFirst();
                        if (found.isPresent()) {
                            if (issuing != null) {
                                throw new NotAcceptedException(
                                        "there are several certificates of keys of requests"
                                                + " (expected: one)");
                            }
                            issuing = certificate;
                            request = found.get();
                        }
                    }
                    if (issuing == null || request == null) {
                        throw new NotAcceptedException(
                                "no certificate in it has the key of an open request (expected: the"
                                        + " key of one of "
                                        + open.size()
                                        + " open requests)");
                    }
                    KeyRecord key = proven(request, issuing);
                    List<Link> chain = chain(issuing, read, content);
                    if (chain.size() == 1) {
                        throw new NotAcceptedException(
                                "the certificate has signed itself (expected: signed by a root)");
                    }
                    List<Changed> changed = add(chain, request.keyType(), key, reason);
                    requests.end(request.id(), issuing.id(), reason);
                    return done(changed);
                });
    }

    private static boolean isFor(Open request, AuthorityCertificate certificate) {
        try {
            SubjectPublicKeyInfo requested =
                    new PKCS10CertificationRequest(request.request()).getSubjectPublicKeyInfo();
            return requested.equals(certificate.holder().getSubjectPublicKeyInfo());
        } catch (IOException e) {
            throw new IllegalStateException("request " + request.id() + " is not readable", e);
        }
    }

    /// The request's key, kept for the authority, after a signature that the certificate verifies.
    private KeyRecord proven(Open request, AuthorityCertificate issuing)
            throws NotAcceptedException {
        Optional<KeyRecord> moved =
                keys.moved(request.key(), request.id(), issuing.id(), AuthorityRole.ISSUING);
        Optional<Signer> signer =
                moved.flatMap(record ->
                        keys.open(
                                issuing.id(),
                                AuthorityRole.ISSUING,
                                request.keyType(),
                                List.of(record)));
        if (signer.isEmpty()) {
            throw new NotAcceptedException(
                    "the key of request "
                            + request.id()
                            + " cannot be opened here (expected: the key-encryption key of then."
                            + " Make another request)");
        }
        new KeyProof(crypto).require(issuing, request.keyType(), signer.get());
        return moved.get();
    }

    @Override
    public Change takeIn(Material material, long basis, String reason) {
        return change(
                basis,
                () -> {
                    MaterialReader.Read read = reader.material(material);
                    return owned(read);
                },
                (owned, content) -> {
                    List<Link> chain = chain(owned.certificate(), owned.read(), content);
                    boolean known = requireLacksKey(owned.certificate().id(), content);
                    AuthorityRole role = chain.getFirst().role();
                    KeyRecord key = owned.key().record(owned.certificate().id(), role);
                    if (role != AuthorityRole.ROOT) {
                        return done(add(chain, owned.key().type(), key, reason));
                    }
                    if (owned.certificate().subjectKeyIdentifier().length
                            != OWN_IDENTIFIER_LENGTH) {
                        throw new NotAcceptedException(
                                "the subjectKeyIdentifier of the root has not 20 octets");
                    }
                    List<Changed> changed = add(chain, owned.key().type(), key, reason);
                    if (known) {
                        store.addKey(owned.certificate().id(), key);
                    }
                    Made issuing =
                            preparation.issuing(
                                    owned.certificate(), owned.key().signer(), clock.instant());
                    NewAuthority below =
                            loader.toStore(
                                    issuing, AuthorityRole.ISSUING, owned.certificate().id());
                    store.add(below, AuthorityState.PREPARED, reason);
                    changed.add(RecordedLifeCycle.added(below, AuthorityState.PREPARED));
                    return done(changed);
                });
    }

    /// A root that came along with an issuing CA may get its key later; it is trusted as it is.
    ///
    /// @return whether it is on record
    private static boolean requireLacksKey(String id, Content content) throws NotAcceptedException {
        for (StoredAuthority stored : content.authorities()) {
            if (stored.id().equals(id)) {
                if (stored.role() != AuthorityRole.ROOT || !stored.keys().isEmpty()) {
                    throw new NotAcceptedException(
                            "the CA is on record already, as "
                                    + stored.role().text()
                                    + " CA "
                                    + (stored.keys().isEmpty() ? "without" : "with")
                                    + " its key (expected: another one, or the key of a root that"
                                    + " has none)");
                }
                return true;
            }
        }
        return false;
    }

    /// A certificate, and the key that was proven to be its own.
    private record Owned(AuthorityCertificate certificate, NewKey key, MaterialReader.Read read) {

        @Override
        public String toString() {
            return "Owned[" + certificate.id() + "]";
        }
    }

    private Owned owned(MaterialReader.Read read) throws NotAcceptedException {
        PrivateKey key = read.key();
        if (key == null) {
            throw new NotAcceptedException(
                    "there is no private key in it (expected: PKCS#8, or PKCS#12 with one)");
        }
        for (AuthorityCertificate certificate : read.certificates()) {
            KeyType type = IntakeChain.keyType(certificate);
            if (type != null) {
                try {
                    NewKey adopted =
                            keys.adopt(
                                    type,
                                    crypto.keyFactory(type.jcaName())
                                            .generatePublic(
                                                    new X509EncodedKeySpec(
                                                            certificate.subjectPublicKeyInfo())),
                                    key);
                    new KeyProof(crypto).require(certificate, type, adopted.signer());
                    return new Owned(certificate, adopted, read);
                } catch (GeneralSecurityException | RuntimeException _) {
                    // Not this one's: the next.
                }
            }
        }
        throw new NotAcceptedException(
                "the private key is that of no certificate in it, or of a kind that this CA does"
                        + " not sign with (expected: P-256, P-384, Ed25519, RSA of 3072 or 4096"
                        + " bits)");
    }

    private List<Link> chain(AuthorityCertificate lowest, MaterialReader.Read read, Content content)
            throws NotAcceptedException {
        return new IntakeChain(
                        crypto,
                        trustDomain,
                        settings.minimumRemainder().multipliedBy(2),
                        clock.instant())
                .of(lowest, settings.issuingPathLength(), read.certificates(), content);
    }

    /// From the root down, as each names the one above.
    private List<Changed> add(List<Link> chain, KeyType type, KeyRecord key, String reason) {
        List<Changed> changed = new ArrayList<>();
        for (Link link : chain.reversed()) {
            boolean lowest = link.equals(chain.getFirst());
            if (!link.known()) {
                AuthorityState state =
                        switch (link.role()) {
                            case ROOT, ISSUING -> AuthorityState.PREPARED;
                            case INTERMEDIATE, CROSS -> AuthorityState.RETIRED;
                        };
                NewAuthority authority =
                        new NewAuthority(
                                link.certificate(),
                                link.role(),
                                link.issuerId(),
                                trustDomain.name(),
                                lowest ? type : IntakeChain.keyType(link.certificate()),
                                true,
                                lowest ? key : null);
                store.add(authority, state, reason);
                changed.add(RecordedLifeCycle.added(authority, state));
            }
        }
        return changed;
    }

    private Change done(List<Changed> changed) {
        return new Change.Done(changed, store.load().generation());
    }

    private interface Reading<T> {
        T read() throws NotAcceptedException;
    }

    private interface Deciding<T> {
        Change decide(T read, Content content) throws NotAcceptedException;
    }

    private <T> Change change(long basis, Reading<T> reading, Deciding<T> deciding) {
        T read;
        try {
            read = reading.read();
        } catch (NotAcceptedException e) {
            return notAccepted(e);
        }
        return transactions.perform(() -> {
            store.lock();
            Content content = store.load();
            if (basis != AuthorityLifeCycle.ANY && basis != content.generation()) {
                return new Change.Refused(
                        Refusal.of(
                                RefusalCode.PRECONDITION_FAILED,
                                "The authorities have changed since you looked. Look again, then"
                                        + " decide."));
            }
            @Nullable Refusal crowded = preparation.crowded(content).orElse(null);
            if (crowded != null) {
                return new Change.Refused(crowded);
            }
            try {
                return deciding.decide(read, content);
            } catch (NotAcceptedException e) {
                return notAccepted(e);
            }
        });
    }

    private static Change notAccepted(NotAcceptedException e) {
        return new Change.Refused(
                Refusal.of(
                        RefusalCode.AUTHORITY_NOT_ACCEPTED,
                        "It is not accepted: " + Objects.requireNonNull(e.getMessage()) + "."));
    }
}
