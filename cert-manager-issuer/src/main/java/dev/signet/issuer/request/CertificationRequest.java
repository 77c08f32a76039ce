package dev.signet.issuer.request;

import dev.signet.client.SubjectRequest.KeyUsage;
import dev.signet.client.SubjectRequest.Names;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a PKCS#10 request says, as read; nothing of it is granted. Its signature is not verified
/// here: the CA does that. Immutable.
///
/// @rfc 2986 4
public final class CertificationRequest {

    private final byte[] der;
    private final byte[] publicKey;
    private final KeyKind keyKind;
    private final byte[] subject;
    private final Names names;
    private final Optional<String> spiffeId;
    private final Optional<Set<KeyUsage>> keyUsages;
    private final Optional<List<String>> extendedKeyUsages;
    private final Optional<Boolean> certificateAuthority;

    /// As far as it decides which usages a key can have.
    public enum KeyKind {
        RSA,
        EC,
        ED25519,
        OTHER
    }

    CertificationRequest(
            byte[] der,
            byte[] publicKey,
            KeyKind keyKind,
            byte[] subject,
            Names names,
            Optional<String> spiffeId,
            Optional<Set<KeyUsage>> keyUsages,
            Optional<List<String>> extendedKeyUsages,
            Optional<Boolean> certificateAuthority) {
        this.der = der;
        this.publicKey = publicKey;
        this.keyKind = keyKind;
        this.subject = subject;
        this.names = names;
        this.spiffeId = spiffeId;
        this.keyUsages = keyUsages.map(Set::copyOf);
        this.extendedKeyUsages = extendedKeyUsages.map(List::copyOf);
        this.certificateAuthority = certificateAuthority;
    }

    public byte[] der() {
        return der.clone();
    }

    /// The same without anything that it asks for: where others say what the certificate is to say.
    public CertificationRequest keyOnly() {
        return new CertificationRequest(
                der,
                publicKey,
                keyKind,
                new byte[0],
                Names.NONE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /// SubjectPublicKeyInfo, DER.
    public byte[] publicKey() {
        return publicKey.clone();
    }

    public KeyKind keyKind() {
        return keyKind;
    }

    /// DER Name, the octets of the request; empty where it has no attribute.
    public byte[] subject() {
        return subject.clone();
    }

    /// Its subject alternative names but the SPIFFE ID.
    public Names names() {
        return names;
    }

    /// Its one URI of the scheme `spiffe`.
    public Optional<String> spiffeId() {
        return spiffeId;
    }

    /// Of its keyUsage extension, if it has one.
    public Optional<Set<KeyUsage>> keyUsages() {
        return keyUsages;
    }

    /// Of its extKeyUsage extension, if it has one: object identifiers in order.
    public Optional<List<String>> extendedKeyUsages() {
        return extendedKeyUsages;
    }

    /// Whether its basicConstraints say that it is a CA's, if it has such.
    public Optional<Boolean> certificateAuthority() {
        return certificateAuthority;
    }
}
