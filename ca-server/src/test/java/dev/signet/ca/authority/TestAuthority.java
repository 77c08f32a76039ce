package dev.signet.ca.authority;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.certificate.Issuer;
import dev.signet.ca.identity.TrustDomain;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

import javax.security.auth.x500.X500Principal;

/// A root and an issuing CA in memory, without a database. Thread-safe.
public final class TestAuthority implements Authorities {

    public static final TrustDomain TRUST_DOMAIN = new TrustDomain("example.org");

    private final AuthoritySnapshot snapshot;
    private final AuthorityCertificate root;
    private final AuthorityFactory.Pair pair;
    private final StatusAuthority rootStatus;

    private TestAuthority(
            AuthoritySnapshot snapshot, AuthorityFactory.Pair pair, StatusAuthority rootStatus) {
        this.snapshot = snapshot;
        this.root = pair.root().certificate();
        this.pair = pair;
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
                pair,
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

    /// Certification requests that the authorities' own keys signed.
    public List<byte[]> ownRequests() {
        return List.of(
                request(
                        pair.root().certificate(),
                        pair.root().key().signer(),
                        X9ObjectIdentifiers.ecdsa_with_SHA384),
                request(
                        pair.issuing().certificate(),
                        pair.issuing().key().signer(),
                        X9ObjectIdentifiers.ecdsa_with_SHA256));
    }

    private static byte[] request(
            AuthorityCertificate certificate, Signer signer, ASN1ObjectIdentifier algorithm) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        ContentSigner signing =
                new ContentSigner() {
                    @Override
                    public AlgorithmIdentifier getAlgorithmIdentifier() {
                        return new AlgorithmIdentifier(algorithm);
                    }

                    @Override
                    public OutputStream getOutputStream() {
                        return content;
                    }

                    @Override
                    public byte[] getSignature() {
                        return signer.sign(content.toByteArray());
                    }
                };
        try {
            return new PKCS10CertificationRequestBuilder(
                            new X500Name("CN=x"), certificate.holder().getSubjectPublicKeyInfo())
                    .build(signing)
                    .getEncoded();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The subjects of the authorities, RFC 4514.
    public List<String> names() {
        return List.of(
                new X500Principal(pair.root().certificate().subject()).getName(),
                new X500Principal(pair.issuing().certificate().subject()).getName());
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
    public boolean isKeyOfAuthority(byte[] sha256) {
        return snapshot.isKeyOfAuthority(sha256);
    }

    @Override
    public boolean isNameOfAuthority(byte[] subject) {
        return snapshot.isNameOfAuthority(subject);
    }

    @Override
    public TrustAnchors trustAnchors() {
        return snapshot.trustAnchors();
    }
}
