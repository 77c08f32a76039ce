package dev.signet.ca.attestation;

import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.revocation.RevocationCheck;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Checks the certificate of a caller that renews it, or that asks for another one as registration
/// authority. Its private key was proved by the TLS handshake; everything else is checked here, at
/// each call, as a connection may outlive the certificate: that it chains to this CA's own roots,
/// is valid now, is a workload's certificate of this trust domain, and that neither it nor what
/// issued it is revoked. For itself it entitles to the same identity only (R16). Thread-safe.
///
/// @rfc 5280 6.1
final class CertificateAttestor {

    /// Begins the key of each attribute that nobody but the registration authority vouches for.
    static final String REPORTED = "reported.";

    /// The leaf and up to three certificates above it.
    static final int MAX_CHAIN_LENGTH = 4;

    private static final int SAN_URI = 6;
    private static final int KEY_USAGE_DIGITAL_SIGNATURE = 0;
    private static final int KEY_USAGE_KEY_CERT_SIGN = 5;
    private static final int KEY_USAGE_CRL_SIGN = 6;
    private static final String EKU_CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    /// Key usage, basic constraints, subject alternative name, extended key usage.
    private static final Set<String> UNDERSTOOD_CRITICAL =
            Set.of("2.5.29.15", "2.5.29.19", "2.5.29.17", "2.5.29.37");

    private final TrustDomain trustDomain;
    private final IssuerPaths issuerPaths;
    private final RevocationCheck revocations;
    private final RevokedIssuers revokedIssuers;

    CertificateAttestor(
            TrustDomain trustDomain,
            IssuerPaths issuerPaths,
            RevocationCheck revocations,
            RevokedIssuers revokedIssuers) {
        this.trustDomain = trustDomain;
        this.issuerPaths = issuerPaths;
        this.revocations = revocations;
        this.revokedIssuers = revokedIssuers;
    }

    /// Whether [#attest] reads the ledger.
    boolean mayBlock(List<X509Certificate> chain) {
        return revokedIssuers.issued(chain);
    }

    /// The holder of the certificate, for itself: also one whose issuing CA was revoked, if exactly
    /// this certificate is on record. Otherwise nobody could renew, and no operator log in, when it
    /// matters most.
    Attestation.Outcome attest(List<X509Certificate> chain, Instant now) {
        Holder holder =
                check(
                        chain,
                        now,
                        revokedIssuers.issued(chain)
                                ? () -> revokedIssuers.objection(chain, now)
                                : () -> objection(chain, now));
        return switch (holder) {
            case Holder.Refused(var outcome) -> outcome;
            case Holder.Proved(SpiffeId id, X509Certificate leaf) -> {
                String subject = id.toString();
                yield SpiffeIdPattern.parse(subject)
                        .<Attestation.Outcome>map(same ->
                                new Attestation.Outcome.Attested(
                                        new AttestedCaller(
                                                EvidenceKind.CURRENT_CERTIFICATE,
                                                subject,
                                                Map.of(
                                                        "certificate.serial-number",
                                                        leaf.getSerialNumber().toString(16)),
                                                same,
                                                null)))
                        .orElseGet(() ->
                                Unauthenticated.because("current certificate has no usable ID"));
            }
        };
    }

    /// The holder of the certificate, for somebody else: who it is was verified, what it says of
    /// the other one was not, and is marked so. Whether it may ask at all is for policy to say.
    Attestation.Outcome registrationAuthority(
            Evidence.RegistrationAuthority evidence, Instant now) {
        List<X509Certificate> chain = evidence.chain();
        return switch (check(chain, now, () -> objection(chain, now))) {
            case Holder.Refused(var outcome) -> outcome;
            case Holder.Proved(SpiffeId id, X509Certificate leaf) -> {
                Map<String, String> attributes = new TreeMap<>();
                evidence.attributes()
                        .forEach((key, value) -> attributes.put(REPORTED + key, value));
                attributes.put("registration-authority.spiffe-id", id.toString());
                attributes.put(
                        "registration-authority.serial-number",
                        leaf.getSerialNumber().toString(16));
                yield new Attestation.Outcome.Attested(
                        new AttestedCaller(
                                EvidenceKind.REGISTRATION_AUTHORITY,
                                id + "|" + evidence.subject(),
                                attributes,
                                null,
                                null));
            }
        };
    }

    /// Why the chain does not lead to an authority that is believed, or something of it was
    /// revoked.
    private Optional<Refusal> objection(List<X509Certificate> chain, Instant now) {
        return issuerPaths
                .objection(chain, now)
                .map(broken -> Unauthenticated.refusal("current certificate: " + broken))
                .or(() -> revocations.objection(chain));
    }

    private Holder check(
            List<X509Certificate> chain, Instant now, Supplier<Optional<Refusal>> objection) {
        if (chain.isEmpty() || chain.size() > MAX_CHAIN_LENGTH) {
            return refused(
                    "certificate chain has " + chain.size() + " certificates (expected: 1 to 4)");
        }
        X509Certificate leaf = chain.getFirst();
        if (now.isBefore(leaf.getNotBefore().toInstant())) {
            return refused("current certificate is not valid yet");
        }
        // notAfter names the last second of validity.
        if (!now.isBefore(leaf.getNotAfter().toInstant().plusSeconds(1))) {
            return refused("current certificate has expired");
        }
        Optional<String> defect = profileDefect(leaf);
        if (defect.isPresent()) {
            return refused("current certificate " + defect.get());
        }
        Optional<SpiffeId> id = spiffeId(leaf);
        if (id.isEmpty()) {
            return refused(
                    "current certificate does not have exactly one URI SAN that is a SPIFFE ID of"
                            + " this trust domain");
        }
        return objection
                .get()
                .<Holder>map(
                        refusal -> new Holder.Refused(new Attestation.Outcome.Refused(refusal)))
                .orElseGet(() -> new Holder.Proved(id.get(), leaf));
    }

    private static Holder refused(String diagnosis) {
        return new Holder.Refused(Unauthenticated.because(diagnosis));
    }

    private sealed interface Holder {
        record Proved(SpiffeId id, X509Certificate leaf) implements Holder {}

        record Refused(Attestation.Outcome outcome) implements Holder {}
    }

    /// What keeps the certificate from being a leaf of ours.
    private static Optional<String> profileDefect(X509Certificate leaf) {
        if (leaf.getVersion() != 3) {
            return Optional.of("is not of version 3");
        }
        if (leaf.getBasicConstraints() >= 0) {
            return Optional.of("is a CA's");
        }
        boolean[] usage = leaf.getKeyUsage();
        if (usage == null
                || !usage[KEY_USAGE_DIGITAL_SIGNATURE]
                || usage[KEY_USAGE_KEY_CERT_SIGN]
                || usage[KEY_USAGE_CRL_SIGN]) {
            return Optional.of("has another key usage than digitalSignature");
        }
        try {
            List<String> extendedUsage = leaf.getExtendedKeyUsage();
            if (extendedUsage == null || !extendedUsage.contains(EKU_CLIENT_AUTH)) {
                return Optional.of("is not for TLS clients");
            }
        } catch (CertificateParsingException _) {
            return Optional.of("has an unreadable extended key usage");
        }
        Set<String> critical = leaf.getCriticalExtensionOIDs();
        if (critical != null && !UNDERSTOOD_CRITICAL.containsAll(critical)) {
            return Optional.of("has a critical extension that is not understood");
        }
        return Optional.empty();
    }

    private Optional<SpiffeId> spiffeId(X509Certificate leaf) {
        Collection<List<?>> names;
        try {
            names = leaf.getSubjectAlternativeNames();
        } catch (CertificateParsingException _) {
            return Optional.empty();
        }
        if (names == null) {
            return Optional.empty();
        }
        List<String> uris =
                names.stream()
                        .filter(name -> name.getFirst().equals(SAN_URI))
                        .map(name -> String.valueOf(name.get(1)))
                        .toList();
        // With another URI it is no X509-SVID, and whoever verifies it refuses it (SPIFFE X509-SVID
        // 2, 5.2): it is not renewed either.
        if (uris.size() != 1) {
            return Optional.empty();
        }
        // The exact text: what is renewed must be what was issued.
        return SpiffeId.parse(uris.getFirst())
                .filter(id -> id.toString().equals(uris.getFirst()))
                .filter(id -> id.trustDomain().equals(trustDomain));
    }
}
