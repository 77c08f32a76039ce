package dev.signet.ca.certificate;

import dev.signet.ca.TestCertificates.SubjectKeyType;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.TrustDomain;

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
        SubjectName subject = random.nextBoolean() ? SubjectName.EMPTY : subject();
        return new CertificateContent(
                SerialNumber.of(validity.notAfter(), serial),
                issuer,
                validity,
                new SpiffeId(DOMAIN, path()),
                authority ? AlternativeNames.NONE : names(),
                authority && subject.isEmpty() ? subject() : subject,
                CertificateEncoderTest.key(keyOf(keyType)),
                profile,
                some(profile.extendedKeyUsages()),
                status(authority));
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
        switch (random.nextInt(3)) {
            case 0 -> usages.add(KeyUsage.KEY_ENCIPHERMENT);
            case 1 -> usages.add(KeyUsage.KEY_AGREEMENT);
            default -> {}
        }
        return profile(usages, some(List.of(ExtendedKeyUsage.values())), null);
    }

    private CertificateProfile authorityProfile() {
        Set<KeyUsage> usages = EnumSet.of(KeyUsage.KEY_CERT_SIGN);
        if (random.nextBoolean()) {
            usages.add(KeyUsage.CRL_SIGN);
        }
        List<String> domains =
                random.nextBoolean() ? List.of() : List.of("shop.example.org", "example.com");
        return profile(
                usages,
                List.of(),
                new CertificateProfile.AuthorityConstraints(random.nextInt(4), domains));
    }

    private static CertificateProfile profile(
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
                CertificateProfile.Revocation.BY_LIFETIME);
    }

    private AlternativeNames names() {
        List<String> dns = new ArrayList<>();
        List<InetAddress> addresses = new ArrayList<>();
        List<String> emails = new ArrayList<>();
        List<String> uris = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            switch (random.nextInt(4)) {
                case 0 -> dns.add((random.nextBoolean() ? "*." : "") + "a-" + i + ".example.org");
                case 1 -> addresses.add(address());
                case 2 -> emails.add("user+" + i + "@example.org");
                default -> uris.add("https://example.org/" + i + "?a=b,c&d=%20");
            }
        }
        return new AlternativeNames(dns, addresses, emails, uris);
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
