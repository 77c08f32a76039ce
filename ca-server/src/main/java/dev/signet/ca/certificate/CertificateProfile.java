package dev.signet.ca.certificate;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What every certificate of one kind has in common, as data. Immutable; a request sees one
/// instance from beginning to end (R5).
///
/// @param name permanent name, recorded with each certificate: `[a-z][a-z0-9-]{0,62}`
/// @param version grows when the meaning of the name changes
/// @param backdate how far notBefore lies before the moment of issuance; inside the lifetime
/// @param keyUsages of the critical keyUsage extension, that a rule may choose from
/// @param extendedKeyUsages that a rule may choose from, in the order in which they are written;
///   empty: the extension is left out
/// @param authority null: an end entity; otherwise the certificate of an intermediate CA
/// @param revocation what its certificates say of their status
/// @param identity where the identity is
public record CertificateProfile(
        String name,
        int version,
        Duration backdate,
        Set<KeyUsage> keyUsages,
        List<ExtendedKeyUsage> extendedKeyUsages,
        @Nullable AuthorityConstraints authority,
        Revocation revocation,
        Identity identity) {

    /// Where a certificate's identity is.
    public enum Identity {
        /// In the certificate, as its one SAN of scheme `spiffe`.
        WRITTEN("written"),

        /// On record alone: the certificate is searched, blocked and revoked by it, but does not
        /// say it. So it is no SVID, and proves nothing to this CA.
        RECORDED("recorded");

        private final String text;

        Identity(String text) {
            this.text = text;
        }

        /// As policy documents write it.
        public String text() {
            return text;
        }
    }

    /// What certificates say of where to learn whether they were revoked; never both.
    public enum Revocation {
        /// That there is nothing to learn: noRevAvail (RFC 9608), no pointers.
        SHORT_LIVED("short-lived"),

        /// Where the CRL and the OCSP responder are.
        PUBLISHED("published"),

        /// As short-lived up to the lifetime of `signet.status.short-lived`; as published beyond,
        /// where this server has a base URL, and nothing where it has none. A CA's certificate is
        /// never short-lived.
        BY_LIFETIME("by-lifetime");

        private final String text;

        Revocation(String text) {
            this.text = text;
        }

        /// As policy documents write it.
        public String text() {
            return text;
        }
    }

    /// How far an intermediate CA is bound. Unless it is unconstrained, its certificate's one URI
    /// SAN is that of the trust domain itself, without a path, as SPIFFE asks of signing
    /// certificates.
    ///
    /// @param pathLength how many CA certificates may follow, 0 to 3 (RFC 5280 4.2.1.9)
    /// @param permittedDnsDomains of the critical nameConstraints extension (RFC 5280 4.2.1.10);
    ///   empty: no DNS name at all is permitted below
    /// @param unconstrained whether that extension and the trust domain's URI are left out: whoever
    ///   trusts this CA's root then trusts the holder for every name there is
    public record AuthorityConstraints(
            int pathLength, List<String> permittedDnsDomains, boolean unconstrained) {
        public AuthorityConstraints {
            permittedDnsDomains = List.copyOf(permittedDnsDomains);
        }

        public AuthorityConstraints(int pathLength, List<String> permittedDnsDomains) {
            this(pathLength, permittedDnsDomains, false);
        }
    }

    /// The profile that Istio, Linkerd, SPIFFE and cert-manager clients accept alike. Some of them
    /// refuse a backdate of 30 s and more, a clock behind ours refuses one of less than a few.
    public static final CertificateProfile WORKLOAD =
            new CertificateProfile(
                    "workload",
                    2,
                    Duration.ofSeconds(15),
                    EnumSet.of(KeyUsage.DIGITAL_SIGNATURE),
                    List.of(ExtendedKeyUsage.SERVER_AUTH, ExtendedKeyUsage.CLIENT_AUTH),
                    null,
                    Revocation.BY_LIFETIME);

    /// A profile whose certificates say their identity.
    public CertificateProfile(
            String name,
            int version,
            Duration backdate,
            Set<KeyUsage> keyUsages,
            List<ExtendedKeyUsage> extendedKeyUsages,
            @Nullable AuthorityConstraints authority,
            Revocation revocation) {
        this(
                name,
                version,
                backdate,
                keyUsages,
                extendedKeyUsages,
                authority,
                revocation,
                Identity.WRITTEN);
    }

    public CertificateProfile {
        keyUsages = Set.copyOf(keyUsages);
        extendedKeyUsages = List.copyOf(extendedKeyUsages);
    }

    /// Whether its certificates say their identity.
    public boolean writesIdentity() {
        return identity == Identity.WRITTEN;
    }

    /// Whether its certificates carry name constraints and the trust domain's URI.
    public boolean constrainsAuthority() {
        return authority != null && !authority.unconstrained();
    }
}
