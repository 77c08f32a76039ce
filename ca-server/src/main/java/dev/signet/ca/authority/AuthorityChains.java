package dev.signet.ca.authority;

import dev.signet.ca.authority.AuthorityStore.StoredAuthority;

import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Which certificates are sent with a leaf: the issuing CA's, those between it and its root, and
/// last the root's key as another root has signed it, for verifiers that know that one only. The
/// root itself is never sent. Verifiers that know the root stop at it and skip what is above.
final class AuthorityChains {

    /// No chain is longer; a record that names itself as issuer does not keep us busy.
    private static final int LONGEST = 8;

    private AuthorityChains() {}

    static List<byte[]> of(StoredAuthority issuing, List<StoredAuthority> all) {
        List<byte[]> chain = new ArrayList<>();
        StoredAuthority next = issuing;
        while (next.role() != AuthorityRole.ROOT && chain.size() < LONGEST) {
            chain.add(next.certificate());
            next = byId(String.valueOf(next.issuerId()), all);
        }
        StoredAuthority root = next;
        all.stream()
                .filter(other -> other.role() == AuthorityRole.CROSS)
                .filter(cross -> cross.state() != AuthorityState.REVOKED)
                .filter(cross ->
                        byId(String.valueOf(cross.issuerId()), all).state()
                                != AuthorityState.REVOKED)
                .filter(cross -> sameNameAndKey(cross.certificate(), root.certificate()))
                // Several of them are alternatives, and a chain has room for one: the newest.
                .max(Comparator.comparingInt(all::indexOf))
                .ifPresent(cross -> chain.add(cross.certificate()));
        return List.copyOf(chain);
    }

    /// The root that a certificate chain ends in.
    static StoredAuthority root(StoredAuthority authority, List<StoredAuthority> all) {
        StoredAuthority next = authority;
        for (int i = 0; i < LONGEST && next.role() != AuthorityRole.ROOT; i++) {
            next = byId(String.valueOf(next.issuerId()), all);
        }
        return next;
    }

    static StoredAuthority byId(String id, List<StoredAuthority> all) {
        return all.stream()
                .filter(authority -> authority.id().equals(id))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException(
                                "authority " + id + " is named but not on record"));
    }

    static boolean sameNameAndKey(byte[] one, byte[] other) {
        X509CertificateHolder first = read(one);
        X509CertificateHolder second = read(other);
        SubjectPublicKeyInfo key = first.getSubjectPublicKeyInfo();
        return first.getSubject().equals(second.getSubject())
                && key.equals(second.getSubjectPublicKeyInfo());
    }

    private static X509CertificateHolder read(byte[] der) {
        try {
            return new X509CertificateHolder(der);
        } catch (IOException e) {
            throw new IllegalStateException("a stored authority is not a certificate", e);
        }
    }

    static boolean same(List<byte[]> one, List<byte[]> other) {
        boolean same = one.size() == other.size();
        for (int i = 0; same && i < one.size(); i++) {
            same = Arrays.equals(one.get(i), other.get(i));
        }
        return same;
    }
}
