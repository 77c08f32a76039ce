package dev.signet.ca.certificate;

import dev.signet.ca.TestCertificates.SubjectKeyType;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.TrustDomain;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Contents of every kind that a certificate can have, the same ones for the same seed.
final class RandomContents {

    static final TrustDomain DOMAIN = new TrustDomain("example.org");

    private static final long EARLIEST = Instant.parse("2020-01-01T00:00:00Z").getEpochSecond();
    private static final List<String> VALUES =
            List.of(
                    "shop",
                    "Bücher & Söhne",
                    "a,b+c=\"d\"",
                    "#x",
                    "日本",
                    "😀",
                    " spaces at both ends ",
                    "\\;<>");

    private static final List<String> OTHER_TYPES =
            List.of(
                    "1.3.6.1.4.1.311.20.2.3",
                    "0.0",
                    "2.999.1",
                    "2.25.329800735698586629295641978511506172918");

    private final Random random;

    RandomContents(long seed) {
        this.random = new Random(seed);
    }

    CertificateContent next(Issuer issuer) {
        Validity validity =
                Validity.of(
                        Instant.ofEpochSecond(EARLIEST + random.nextInt(2_000_000_000)),
                        Duration.ofSeconds(1 + random.nextInt(100_000_000)));
        byte[] serial = new byte[SerialNumber.RANDOM_LENGTH];
        random.nextBytes(serial);
        boolean authority = random.nextInt(4) == 0;
        CertificateProfile profile = authority ? authorityProfile() : endEntityProfile();
        List<PublicKeyType> keyTypes = List.copyOf(ProfileRules.keyTypes(profile));
        PublicKeyType keyType = keyTypes.get(random.nextInt(keyTypes.size()));
        AlternativeNames names = profile.constrainsAuthority() ? AlternativeNames.NONE : names();
        boolean needsSubject = authority || (names.isEmpty() && !profile.writesIdentity());
        DistinguishedName subject =
                needsSubject || random.nextBoolean() ? subject() : SubjectName.EMPTY;
        Set<KeyUsage> usages = usages(profile);
        return new CertificateContent(
                SerialNumber.of(validity.notAfter(), serial),
                issuer,
                validity,
                new SpiffeId(DOMAIN, path()),
                names,
                random.nextBoolean() && !subject.isEmpty() ? EncodedName.of(encoded()) : subject,
                CertificateEncoderTest.key(keyOf(keyType)),
                profile,
                usages,
                purposes(profile, usages),
                status(authority));
    }

    /// All, or those without which the certificate would be of no use.
    private Set<KeyUsage> usages(CertificateProfile profile) {
        Set<KeyUsage> usages = EnumSet.copyOf(profile.keyUsages());
        if (random.nextBoolean()) {
            usages.retainAll(
                    EnumSet.of(
                            KeyUsage.DIGITAL_SIGNATURE,
                            KeyUsage.KEY_CERT_SIGN,
                            KeyUsage.CONTENT_COMMITMENT));
        }
        return usages;
    }

    private List<ExtendedKeyUsage> purposes(CertificateProfile profile, Set<KeyUsage> usages) {
        List<ExtendedKeyUsage> purposes = some(profile.extendedKeyUsages());
        return UsageRules.objection(usages, purposes, profile.authority() != null) == null
                ? purposes
                : List.of(profile.extendedKeyUsages().getFirst());
    }

    /// A name that no policy would make: of other types and strings, one RDN of two attributes.
    private static byte[] encoded() {
        try {
            return new X500NameBuilder(BCStyle.INSTANCE)
                    .addRDN(BCStyle.DC, "example")
                    .addRDN(BCStyle.SERIALNUMBER, "17")
                    .addRDN(BCStyle.O, new DERUTF8String("Bücher & Söhne"))
                    .addMultiValuedRDN(
                            new ASN1ObjectIdentifier[] {BCStyle.CN, BCStyle.UID},
                            new String[] {"shop", "s"})
                    .build()
                    .getEncoded("DER");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private CertificateStatus status(boolean authority) {
        return switch (random.nextInt(3)) {
            case 0 ->
                    authority
                            ? CertificateStatus.UNSAID
                            : CertificateStatus.NO_REVOCATION_AVAILABLE;
            case 1 ->
                    CertificateStatus.published(
                            "http://ca.example.org/crl/" + "f".repeat(random.nextInt(200)) + ".crl",
                            "http://ca.example.org/ocsp");
            default -> CertificateStatus.UNSAID;
        };
    }

    private CertificateProfile endEntityProfile() {
        if (random.nextInt(3) == 0) {
            return CertificateProfile.WORKLOAD;
        }
        Set<KeyUsage> usages = EnumSet.of(KeyUsage.DIGITAL_SIGNATURE);
        switch (random.nextInt(5)) {
            case 0 -> usages.add(KeyUsage.KEY_ENCIPHERMENT);
            case 1 -> usages.add(KeyUsage.KEY_AGREEMENT);
            case 2 ->
                    usages.addAll(
                            EnumSet.of(
                                    KeyUsage.KEY_AGREEMENT,
                                    random.nextBoolean()
                                            ? KeyUsage.ENCIPHER_ONLY
                                            : KeyUsage.DECIPHER_ONLY));
            case 3 ->
                    usages.addAll(
                            EnumSet.of(KeyUsage.DATA_ENCIPHERMENT, KeyUsage.CONTENT_COMMITMENT));
            default -> {}
        }
        return profile(usages, some(List.of(ExtendedKeyUsage.values())), null);
    }

    private CertificateProfile authorityProfile() {
        Set<KeyUsage> usages = EnumSet.of(KeyUsage.KEY_CERT_SIGN);
        if (random.nextBoolean()) {
            usages.add(KeyUsage.CRL_SIGN);
        }
        if (random.nextInt(3) == 0) {
            usages.add(KeyUsage.DIGITAL_SIGNATURE);
            return profile(
                    usages,
                    List.of(),
                    new CertificateProfile.AuthorityConstraints(
                            random.nextInt(4), List.of(), true));
        }
        List<String> domains =
                random.nextBoolean() ? List.of() : List.of("shop.example.org", "example.com");
        return profile(
                usages,
                List.of(),
                new CertificateProfile.AuthorityConstraints(random.nextInt(4), domains));
    }

    private CertificateProfile profile(
            Set<KeyUsage> usages,
            List<ExtendedKeyUsage> purposes,
            CertificateProfile.AuthorityConstraints authority) {
        return new CertificateProfile(
                "random",
                1,
                Duration.ofSeconds(15),
                usages,
                purposes,
                authority,
                CertificateProfile.Revocation.BY_LIFETIME,
                authority == null ? identity() : identity(authority));
    }

    private CertificateProfile.Identity identity() {
        return random.nextInt(3) == 0
                ? CertificateProfile.Identity.RECORDED
                : CertificateProfile.Identity.WRITTEN;
    }

    private static CertificateProfile.Identity identity(
            CertificateProfile.AuthorityConstraints authority) {
        return authority.unconstrained()
                ? CertificateProfile.Identity.RECORDED
                : CertificateProfile.Identity.WRITTEN;
    }

    private AlternativeNames names() {
        List<String> dns = new ArrayList<>();
        List<InetAddress> addresses = new ArrayList<>();
        List<String> emails = new ArrayList<>();
        List<String> uris = new ArrayList<>();
        List<OtherName> others = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            switch (random.nextInt(5)) {
                case 0 -> dns.add((random.nextBoolean() ? "*." : "") + "a-" + i + ".example.org");
                case 1 -> addresses.add(address());
                case 4 ->
                        others.add(
                                new OtherName(
                                        OTHER_TYPES.get(random.nextInt(OTHER_TYPES.size())),
                                        i + VALUES.get(random.nextInt(VALUES.size()))));
                case 2 -> emails.add("user+" + i + "@example.org");
                default -> uris.add("https://example.org/" + i + "?a=b,c&d=%20");
            }
        }
        return new AlternativeNames(dns, addresses, emails, uris, others);
    }

    private InetAddress address() {
        byte[] octets = new byte[random.nextBoolean() ? 4 : 16];
        random.nextBytes(octets);
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private SubjectName subject() {
        List<SubjectName.Attribute> attributes = new ArrayList<>();
        SubjectName.Type[] types = SubjectName.Type.values();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            SubjectName.Type type = types[random.nextInt(types.length)];
            attributes.add(
                    new SubjectName.Attribute(
                            type,
                            type == SubjectName.Type.COUNTRY
                                    ? "DE"
                                    : VALUES.get(random.nextInt(VALUES.size()))));
        }
        return new SubjectName(attributes);
    }

    private String path() {
        StringBuilder path = new StringBuilder();
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
            path.append('/')
                    .append("aZ09._-x".repeat(1 + random.nextInt(20)), 0, 1 + random.nextInt(8))
                    .append('e');
        }
        return path.toString();
    }

    private <T> List<T> some(List<T> all) {
        if (all.isEmpty()) {
            return all;
        }
        List<T> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, random);
        return List.copyOf(shuffled.subList(0, 1 + random.nextInt(shuffled.size())));
    }

    private SubjectKeyType keyOf(PublicKeyType type) {
        return switch (type) {
            case P256 -> SubjectKeyType.P256;
            case P384 -> SubjectKeyType.P384;
            case ED25519 -> SubjectKeyType.ED25519;
            case RSA -> random.nextBoolean() ? SubjectKeyType.RSA2048 : SubjectKeyType.RSA3072;
        };
    }
}
