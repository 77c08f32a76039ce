package dev.signet.ca.authority;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.certificate.Issuer;
import dev.signet.ca.identity.TrustDomain;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// A root and an issuing CA in memory, without a database. Thread-safe.
public final class TestAuthority implements Authorities {

    public static final TrustDomain TRUST_DOMAIN = new TrustDomain("example.org");

    private final AuthoritySnapshot snapshot;
    private final AuthorityCertificate root;
    private final StatusAuthority rootStatus;

    private TestAuthority(
            AuthoritySnapshot snapshot, AuthorityCertificate root, StatusAuthority rootStatus) {
        this.snapshot = snapshot;
        this.root = root;
        this.rootStatus = rootStatus;
    }

    /// P-384 root, P-256 issuing CA, of a year, begun a little before this instant.
    public static TestAuthority at(Instant now) {
        return naming(CrlAddresses.NONE, now);
    }

    /// The same, the issuing CA's certificate with the address of its root's CRL.
    public static TestAuthority naming(CrlAddresses crlAddresses, Instant now) {
        return with(KeyType.P256, now, Duration.ofDays(365), 0, signer -> signer, crlAddresses);
    }

    /// The same with room for CA certificates below the issuing CA.
    public static TestAuthority at(Instant now, int pathLength) {
        return with(KeyType.P256, now, Duration.ofDays(365), pathLength, signer -> signer);
    }

    /// The same with a signer of the test's making around the real one.
    ///
    /// @see FailingSigner
    public static TestAuthority at(Instant now, UnaryOperator<Signer> signer) {
        return with(KeyType.P256, now, Duration.ofDays(365), 0, signer);
    }

    /// Without room for CA certificates below the issuing CA.
    public static TestAuthority with(
            KeyType issuingKeyType,
            Instant now,
            Duration issuingLifetime,
            UnaryOperator<Signer> signer) {
        return with(issuingKeyType, now, issuingLifetime, 0, signer);
    }

    private static TestAuthority with(
            KeyType issuingKeyType,
            Instant now,
            Duration issuingLifetime,
            int pathLength,
            UnaryOperator<Signer> signer) {
        return with(issuingKeyType, now, issuingLifetime, pathLength, signer, CrlAddresses.NONE);
    }

    private static TestAuthority with(
            KeyType issuingKeyType,
            Instant now,
            Duration issuingLifetime,
            int pathLength,
            UnaryOperator<Signer> signer,
            CrlAddresses crlAddresses) {
        AuthorityFactory factory =
                new AuthorityFactory(
                        TestCertificates.CRYPTO,
                        new SoftwareKeys(
                                TestCertificates.CRYPTO,
                                new KeyEncryptionKeys(
                                        new KeyEncryptionKey(
                                                new byte[32],
                                                TestCertificates.CRYPTO.secureRandom()),
                                        List.of())),
                        crlAddresses);
        KeyType rootKeyType = issuingKeyType == KeyType.P256 ? KeyType.P384 : issuingKeyType;
        AuthorityFactory.Pair pair =
                factory.create(
                        TRUST_DOMAIN,
                        rootKeyType,
                        Duration.ofDays(3650),
                        issuingKeyType,
                        issuingLifetime,
                        pathLength,
                        now);
        AuthorityCertificate issuing = pair.issuing().certificate();
        List<byte[]> chain = List.of(issuing.der());
        Signer issuingSigner = signer.apply(pair.issuing().key().signer());
        Issuer issuer = issuing.issuer(issuingKeyType.algorithm());
        IssuingAuthority authority =
                new TemplateIssuingAuthority(issuing.id(), issuer, chain, issuingSigner);
        return new TestAuthority(
                new AuthoritySnapshot(
                        1,
                        List.of(
                                new AuthoritySnapshot.Entry(
                                        AuthorityRole.ROOT,
                                        AuthorityState.ACTIVE,
                                        pair.root().certificate(),
                                        List.of(),
                                        null,
                                        null,
                                        null,
                                        false,
                                        false),
                                new AuthoritySnapshot.Entry(
                                        AuthorityRole.ISSUING,
                                        AuthorityState.ACTIVE,
                                        issuing,
                                        chain,
                                        authority,
                                        new SigningStatusAuthority(
                                                issuing.id(), issuing.der(), issuer, issuingSigner),
                                        pair.root().certificate().id(),
                                        false,
                                        true)),
                        Duration.ofSeconds(1)),
                pair.root().certificate(),
                new SigningStatusAuthority(
                        pair.root().certificate().id(),
                        pair.root().certificate().der(),
                        pair.root().certificate().issuer(rootKeyType.algorithm()),
                        pair.root().key().signer()));
    }

    /// The one issuing authority, whatever the time.
    public IssuingAuthority issuing() {
        return switch (active(root.validity().notBefore())) {
            case Selection.Usable(IssuingAuthority authority) -> authority;
            case Selection.NotUsable(var refusal) -> throw new AssertionError(refusal);
        };
    }

    /// The issuing authority as one that signs CRLs.
    public StatusAuthority status() {
        return snapshot.statusAuthorities().getFirst();
    }

    /// The root as one that signs CRLs.
    public StatusAuthority rootStatus() {
        return rootStatus;
    }

    /// The root's DER certificate.
    public byte[] root() {
        return root.der();
    }

    @Override
    public Selection active(Instant now) {
        return snapshot.active(now);
    }

    @Override
    public Optional<List<byte[]>> chain(String authorityId) {
        return snapshot.chain(authorityId);
    }

    @Override
    public TrustAnchors trustAnchors() {
        return snapshot.trustAnchors();
    }
}
