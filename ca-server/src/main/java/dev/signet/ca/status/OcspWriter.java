package dev.signet.ca.status;

import dev.signet.ca.revocation.RevocationReason;
import dev.signet.ca.status.OcspRequest.CertificateId;

import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.CertStatus;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.ocsp.ResponderID;
import org.bouncycastle.asn1.ocsp.ResponseBytes;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.RevokedInfo;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Date;
import java.util.List;

/// Writes OCSP answers.
///
/// @rfc 6960 4.2
final class OcspWriter {

    static final int MALFORMED_REQUEST = 1;
    static final int INTERNAL_ERROR = 2;
    static final int TRY_LATER = 3;
    static final int UNAUTHORIZED = 6;

    private static final AlgorithmIdentifier ECDSA_SHA256 =
            new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

    private OcspWriter() {}

    /// One certificate's.
    record Single(CertificateId certificate, KnownStatus status) {}

    /// Without an answer: only why there is none.
    static byte[] without(int status) {
        return new byte[] {0x30, 0x03, 0x0a, 0x01, (byte) status};
    }

    static byte[] answer(
            OcspResponder responder,
            List<Single> singles,
            Instant thisUpdate,
            Instant producedAt,
            Instant nextUpdate,
            byte @Nullable [] nonce) {
        ASN1EncodableVector responses = new ASN1EncodableVector(singles.size());
        for (Single single : singles) {
            responses.add(
                    new SingleResponse(
                            CertID.getInstance(single.certificate().encoded()),
                            status(single.status()),
                            time(thisUpdate),
                            time(nextUpdate),
                            (Extensions) null));
        }
        ResponseData data =
                new ResponseData(
                        new ResponderID(
                                ASN1OctetString.getInstance(
                                        new DEROctetString(responder.keyHash()))),
                        time(producedAt),
                        new DERSequence(responses),
                        nonce == null ? null : withNonce(nonce));
        byte[] signature = responder.sign(DerOctets.of(data));
        BasicOCSPResponse basic =
                new BasicOCSPResponse(
                        data,
                        ECDSA_SHA256,
                        new DERBitString(signature),
                        new DERSequence(Certificate.getInstance(responder.certificate())));
        return DerOctets.of(
                new OCSPResponse(
                        new OCSPResponseStatus(OCSPResponseStatus.SUCCESSFUL),
                        new ResponseBytes(
                                OCSPObjectIdentifiers.id_pkix_ocsp_basic,
                                new DEROctetString(DerOctets.of(basic)))));
    }

    private static CertStatus status(KnownStatus status) {
        return switch (status) {
            case KnownStatus.Good(_) -> new CertStatus();
            case KnownStatus.Revoked(Instant at, RevocationReason reason) ->
                    new CertStatus(
                            new RevokedInfo(
                                    time(at),
                                    reason == RevocationReason.UNSPECIFIED
                                            ? null
                                            : CRLReason.getInstance(
                                                    new ASN1Enumerated(reason.code()))));
            case KnownStatus.Unknown() -> new CertStatus(2, org.bouncycastle.asn1.DERNull.INSTANCE);
        };
    }

    private static Extensions withNonce(byte[] nonce) {
        return new Extensions(
                new Extension(
                        OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
                        false,
                        DerOctets.of(new DEROctetString(nonce))));
    }

    private static ASN1GeneralizedTime time(Instant instant) {
        return new org.bouncycastle.asn1.DERGeneralizedTime(Date.from(instant));
    }
}
