package dev.signet.issuer.request;

import dev.signet.client.SubjectRequest.KeyUsage;
import dev.signet.client.SubjectRequest.Wish;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A certification request together with what its resource says about the certificate. Stateless.
public final class Wishes {

    private Wishes() {}

    /// What the certificate shall say: the request's subject, octet for octet, and the resource's
    /// usages.
    ///
    /// @throws MalformedRequestException when the request's own usages or basic constraints are not
    ///   the resource's
    public static Wish of(CertificationRequest request, Usages usages, boolean certificateAuthority)
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
        return new Wish(
                request.subject(),
                new ArrayList<>(usages.possibleFor(request.keyKind())),
                usages.extendedKeyUsages(),
                certificateAuthority);
    }
}
