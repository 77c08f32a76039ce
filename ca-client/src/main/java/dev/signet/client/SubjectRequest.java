package dev.signet.client;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What a [RegistrationAuthority] asks for somebody else. The CA checks every field against its
/// bounds (proto `IssueCertificateForSubjectRequest`); here only what is needed is checked to be
/// there. Immutable, thread-safe.
public final class SubjectRequest {

    private final byte[] certificateSigningRequest;
    private final byte[] publicKey;
    private final String requestId;
    private final String subject;
    private final Map<String, String> attributes;
    private final Names names;
    private final @Nullable Duration lifetime;
    private final @Nullable String spiffeId;
    private final @Nullable String profile;
    private final @Nullable Attributes requested;

    private SubjectRequest(Builder builder) {
        this.certificateSigningRequest = builder.certificateSigningRequest.clone();
        this.publicKey = builder.publicKey.clone();
        this.requestId = builder.requestId;
        this.subject = builder.subject;
        this.attributes = Map.copyOf(builder.attributes);
        this.names = builder.names;
        this.lifetime = builder.lifetime;
        this.spiffeId = builder.spiffeId;
        this.profile = builder.profile;
        this.requested = builder.requested;
    }

    /// Begins a request.
    ///
    /// @param certificateSigningRequest PKCS#10, DER or PEM; gives the key and the proof of
    ///   possession
    /// @param publicKey the request's SubjectPublicKeyInfo, DER; the certificate must be for it
    /// @param requestId UUID of version 7, its time at most 24 h ago: the same id with the same
    ///   certification request, for the same subject, gives the same certificate, however often and
    ///   from wherever it is asked
    /// @param subject for whom, unique within the registration authority
    public static Builder builder(
            byte[] certificateSigningRequest, byte[] publicKey, String requestId, String subject) {
        return new Builder(certificateSigningRequest, publicKey, requestId, subject);
    }

    /// @param dnsNames lower case
    /// @param ipAddresses in text form
    /// @param emailAddresses `local-part@host`
    /// @param uris of schemes other than `spiffe`
    /// @param otherNames names of other kinds
    public record Names(
            List<String> dnsNames,
            List<String> ipAddresses,
            List<String> emailAddresses,
            List<String> uris,
            List<OtherName> otherNames) {

        /// No names.
        public static final Names NONE =
                new Names(List.of(), List.of(), List.of(), List.of(), List.of());

        public Names {
            dnsNames = List.copyOf(dnsNames);
            ipAddresses = List.copyOf(ipAddresses);
            emailAddresses = List.copyOf(emailAddresses);
            uris = List.copyOf(uris);
            otherNames = List.copyOf(otherNames);
        }
    }

    /// A subject alternative name of type otherName with a UTF8String.
    ///
    /// @param typeId object identifier in dotted decimal
    public record OtherName(String typeId, String utf8Value) {}

    /// Bits of the keyUsage extension.
    ///
    /// @rfc 5280 4.2.1.3
    public enum KeyUsage {
        DIGITAL_SIGNATURE,
        CONTENT_COMMITMENT,
        KEY_ENCIPHERMENT,
        DATA_ENCIPHERMENT,
        KEY_AGREEMENT,
        KEY_CERT_SIGN,
        CRL_SIGN,
        ENCIPHER_ONLY,
        DECIPHER_ONLY
    }

    /// What the certificate shall say beside its names.
    public static final class Attributes {
        private final byte[] subject;
        private final List<KeyUsage> keyUsages;
        private final List<String> extendedKeyUsages;
        private final boolean certificateAuthority;

        /// @param subject DER Name, written octet for octet; empty: what policy says
        /// @param keyUsages empty: those of the profile
        /// @param extendedKeyUsages object identifiers in the order to write; empty: those of the
        ///   policy's rule
        /// @param certificateAuthority whether it is to be an intermediate CA's
        public Attributes(
                byte[] subject,
                List<KeyUsage> keyUsages,
                List<String> extendedKeyUsages,
                boolean certificateAuthority) {
            this.subject = subject.clone();
            this.keyUsages = List.copyOf(keyUsages);
            this.extendedKeyUsages = List.copyOf(extendedKeyUsages);
            this.certificateAuthority = certificateAuthority;
        }

        public byte[] subject() {
            return subject.clone();
        }

        public List<KeyUsage> keyUsages() {
            return keyUsages;
        }

        public List<String> extendedKeyUsages() {
            return extendedKeyUsages;
        }

        public boolean certificateAuthority() {
            return certificateAuthority;
        }
    }

    /// Not thread-safe.
    public static final class Builder {
        private final byte[] certificateSigningRequest;
        private final byte[] publicKey;
        private final String requestId;
        private final String subject;
        private Map<String, String> attributes = Map.of();
        private Names names = Names.NONE;
        private @Nullable Duration lifetime;
        private @Nullable String spiffeId;
        private @Nullable String profile;
        private @Nullable Attributes requested;

        private Builder(
                byte[] certificateSigningRequest,
                byte[] publicKey,
                String requestId,
                String subject) {
            this.certificateSigningRequest = certificateSigningRequest.clone();
            this.publicKey = publicKey.clone();
            this.requestId = requestId;
            this.subject = subject;
        }

        /// What the registration authority says of the subject; policy sees each under its key
        /// behind `reported.`.
        public Builder attributes(Map<String, String> said) {
            attributes = said;
            return this;
        }

        public Builder names(Names requested) {
            names = requested;
            return this;
        }

        /// Whole seconds. Not given: what policy gives.
        public Builder lifetime(Duration requested) {
            lifetime = requested;
            return this;
        }

        /// Not given: the one that policy makes.
        public Builder spiffeId(@Nullable String requested) {
            spiffeId = requested;
            return this;
        }

        /// Not given: the one that policy grants.
        public Builder profile(@Nullable String requested) {
            profile = requested;
            return this;
        }

        public Builder requested(Attributes attributes) {
            requested = attributes;
            return this;
        }

        /// @throws IllegalArgumentException when the certification request, the request id or the
        ///   subject is empty
        public SubjectRequest build() {
            if (certificateSigningRequest.length == 0 || requestId.isEmpty() || subject.isEmpty()) {
                throw new IllegalArgumentException(
                        "a subject's request needs a certification request, an id and a subject");
            }
            return new SubjectRequest(this);
        }
    }

    public byte[] certificateSigningRequest() {
        return certificateSigningRequest.clone();
    }

    public byte[] publicKey() {
        return publicKey.clone();
    }

    public String requestId() {
        return requestId;
    }

    public String subject() {
        return subject;
    }

    public Map<String, String> attributes() {
        return attributes;
    }

    public Names names() {
        return names;
    }

    public @Nullable Duration lifetime() {
        return lifetime;
    }

    public @Nullable String spiffeId() {
        return spiffeId;
    }

    public @Nullable String profile() {
        return profile;
    }

    public @Nullable Attributes requested() {
        return requested;
    }

    @Override
    public String toString() {
        return "request " + requestId + " for " + subject;
    }
}
