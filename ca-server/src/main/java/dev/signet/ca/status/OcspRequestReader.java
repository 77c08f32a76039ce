package dev.signet.ca.status;

import dev.signet.ca.certificate.DerShape;
import dev.signet.ca.status.OcspRequest.CertificateId;
import dev.signet.ca.status.OcspRequest.Hash;

import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads OCSP requests from anybody. Whatever the octets are, the answer is a value and its cost is
/// bounded (R12). A signature on a request is not asked for and not looked at. Thread-safe.
///
/// @rfc 6960 4.1
/// @rfc 9654 2.1
final class OcspRequestReader {

    /// Sixteen certificates by SHA-256 and a nonce have about 2,200 octets; some clients sign.
    static final int MAX_LENGTH = 8192;

    static final int MAX_CERTIFICATES = 16;

    private static final int MAX_DEPTH = 16;
    private static final int MAX_ELEMENTS = 512;
    private static final int MAX_SERIAL_LENGTH = 20;
    private static final int MIN_NONCE = 16;
    private static final int MAX_NONCE = 128;

    private OcspRequestReader() {}

    /// Never throws.
    ///
    /// @return empty: malformedRequest
    static Optional<OcspRequest> read(byte[] octets) {
        if (octets.length == 0
                || octets.length > MAX_LENGTH
                || DerShape.defect(octets, MAX_DEPTH, MAX_ELEMENTS).isPresent()) {
            return Optional.empty();
        }
        try {
            return accept(octets);
        } catch (IOException | RuntimeException _) {
            // BouncyCastle says in many ways that a structure is not what was asked for.
            return Optional.empty();
        }
    }

    private static Optional<OcspRequest> accept(byte[] octets) throws IOException {
        TBSRequest request =
                OCSPRequest.getInstance(ASN1Primitive.fromByteArray(octets)).getTbsRequest();
        ASN1Sequence list = request.getRequestList();
        if (!request.getVersion().hasValue(0)
                || list.size() < 1
                || list.size() > MAX_CERTIFICATES) {
            return Optional.empty();
        }
        List<CertificateId> certificates = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            Request one = Request.getInstance(list.getObjectAt(i));
            CertificateId id = certificate(one.getReqCert());
            if (id == null || hasUnknownCritical(one.getSingleRequestExtensions())) {
                return Optional.empty();
            }
            certificates.add(id);
        }
        Extensions extensions = request.getRequestExtensions();
        if (hasUnknownCritical(extensions)) {
            return Optional.empty();
        }
        Extension extension =
                extensions == null
                        ? null
                        : extensions.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
        if (extension == null) {
            return Optional.of(new OcspRequest(certificates, null));
        }
        byte[] nonce = ASN1OctetString.getInstance(extension.getParsedValue()).getOctets();
        if (nonce.length == 0 || nonce.length > MAX_NONCE) {
            return Optional.empty();
        }
        return Optional.of(new OcspRequest(certificates, nonce.length < MIN_NONCE ? null : nonce));
    }

    private static @Nullable CertificateId certificate(CertID id) {
        Hash hash = hash(id.getHashAlgorithm().getAlgorithm());
        ASN1Integer serial = id.getSerialNumber();
        int length = hash == Hash.SHA1 ? 20 : 32;
        byte[] nameHash = id.getIssuerNameHash().getOctets();
        byte[] keyHash = id.getIssuerKeyHash().getOctets();
        if (hash == null
                || nameHash.length != length
                || keyHash.length != length
                || serial.getValue().toByteArray().length > MAX_SERIAL_LENGTH) {
            return null;
        }
        return new CertificateId(DerOctets.of(id), hash, nameHash, keyHash, serial.getValue());
    }

    private static @Nullable Hash hash(ASN1ObjectIdentifier algorithm) {
        if (algorithm.equals(OIWObjectIdentifiers.idSHA1)) {
            return Hash.SHA1;
        }
        return algorithm.equals(NISTObjectIdentifiers.id_sha256) ? Hash.SHA256 : null;
    }

    private static boolean hasUnknownCritical(@Nullable Extensions extensions) {
        if (extensions == null) {
            return false;
        }
        for (ASN1ObjectIdentifier type : extensions.getCriticalExtensionOIDs()) {
            if (!type.equals(OCSPObjectIdentifiers.id_pkix_ocsp_nonce)) {
                return true;
            }
        }
        return false;
    }
}
