package dev.signet.issuer.request;

import dev.signet.client.SubjectRequest.Attributes;
import dev.signet.client.SubjectRequest.KeyUsage;

import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A certification request together with what its resource says about the certificate. Stateless.
public final class RequestedContent {

    /// RFC 5280 appendix A.1, ub-common-name.
    private static final int MAX_COMMON_NAME = 64;

    private RequestedContent() {}

    /// What the certificate shall say: the request's subject, octet for octet, and the resource's
    /// usages. A CA asked for without a subject gets its first DNS name as common name.
    ///
    /// @throws MalformedRequestException when the request's own usages or basic constraints are not
    ///   the resource's
    public static Attributes of(
            CertificationRequest request, Usages usages, boolean certificateAuthority)
            throws MalformedRequestException {
        Set<KeyUsage> own = request.keyUsages().orElse(null);
        if (own != null && !own.equals(usages.keyUsages())) {
            throw new MalformedRequestException(
                    "the certification request's key usages are not those of usages");
        }
        List<String> ownExtended = request.extendedKeyUsages().orElse(null);
        if (ownExtended != null && !ownExtended.equals(usages.extendedKeyUsages())) {
            throw new MalformedRequestException(
                    "the certification request's extended key usages are not those of usages, in"
                            + " their order");
        }
        if (request.certificateAuthority().orElse(certificateAuthority) != certificateAuthority) {
            throw new MalformedRequestException(
                    "the certification request's basic constraints are not what isCA says");
        }
        return new Attributes(
                certificateAuthority ? subjectOfAuthority(request) : request.subject(),
                new ArrayList<>(usages.possibleFor(request.keyKind())),
                usages.extendedKeyUsages(),
                certificateAuthority);
    }

    /// The subject of a CA is not empty (RFC 5280 4.1.2.6), but cert-manager lets people leave it
    /// out, and takes a common name that is one of the DNS names for what was asked.
    private static byte[] subjectOfAuthority(CertificationRequest request) {
        byte[] own = request.subject();
        if (own.length > 0) {
            return own;
        }
        return request.names().dnsNames().stream()
                .filter(name -> name.length() <= MAX_COMMON_NAME)
                .findFirst()
                .map(RequestedContent::commonName)
                .orElse(own);
    }

    private static byte[] commonName(String name) {
        try {
            return new X500NameBuilder()
                    .addRDN(BCStyle.CN, name)
                    .build()
                    .getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
