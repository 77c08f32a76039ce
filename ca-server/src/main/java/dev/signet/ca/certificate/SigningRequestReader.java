package dev.signet.ca.certificate;

import dev.signet.ca.certificate.SigningRequest.Reading;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.BERTags;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;

/// Reads certification requests from anybody. Takes DER, or PEM with the label CERTIFICATE REQUEST
/// or NEW CERTIFICATE REQUEST, of at most [SigningRequest#MAX_LENGTH] octets with nothing after the
/// end. Whatever the octets are, the answer is a value and its cost is bounded (R12).
///
/// Only the key is taken; subject, extensions and other attributes must be well-formed, and nothing
/// of them is granted (R10): [SigningRequest#requested()] tells what was asked for in vain.
/// Thread-safe.
///
/// @rfc 2986
public final class SigningRequestReader {

    /// Names and attributes nest about ten levels deep.
    private static final int MAX_DEPTH = 20;

    /// A usual request has about 40.
    private static final int MAX_ELEMENTS = 512;

    private static final int SEQUENCE_TAG = 0x30;

    private final CryptoProvider crypto;

    public SigningRequestReader(CryptoProvider crypto) {
        this.crypto = crypto;
    }

    /// Never throws. Takes time in proportion to the input's length, and one verification.
    public Reading read(byte[] input) {
        try {
            return new Reading.Accepted(accept(input));
        } catch (UnacceptableRequestException e) {
            return rejected(e.code(), e.text());
        } catch (DerFormatException e) {
            return rejected(
                    RefusalCode.CSR_MALFORMED,
                    "certification request is not DER: " + e.getMessage());
        } catch (RuntimeException | IOException | StackOverflowError _) {
            // BouncyCastle says in many ways that a structure is not what was asked for.
            return rejected(
                    RefusalCode.CSR_MALFORMED, "certification request is not PKCS#10 (RFC 2986)");
        }
    }

    private static Reading rejected(RefusalCode code, String message) {
        return new Reading.Rejected(Refusal.of(code, message));
    }

    private SigningRequest accept(byte[] input) throws IOException {
        if (input.length == 0 || input.length > SigningRequest.MAX_LENGTH) {
            throw UnacceptableRequestException.malformed(
                    "certification request has "
                            + input.length
                            + " octets (expected: 1 to "
                            + SigningRequest.MAX_LENGTH
                            + ")");
        }
        byte[] der = input[0] == SEQUENCE_TAG ? input : CertificateRequestPem.decode(input);
        DerCursor.requireShape(der, MAX_DEPTH, MAX_ELEMENTS);

        ASN1Sequence request = sequence(ASN1Primitive.fromByteArray(der), 3);
        ASN1Sequence info = sequence(request.getObjectAt(0), 4);
        if (!ASN1Integer.getInstance(info.getObjectAt(0)).hasValue(0)) {
            throw UnacceptableRequestException.malformed(
                    "certification request's version is not 0 (RFC 2986 4.1)");
        }
        X500Name subject = X500Name.getInstance(info.getObjectAt(1));
        ASN1TaggedObject attributes = ASN1TaggedObject.getInstance(info.getObjectAt(3));
        if (!attributes.hasTag(BERTags.CONTEXT_SPECIFIC, 0)) {
            throw UnacceptableRequestException.malformed(
                    "certification request has no attributes field (RFC 2986 4.1)");
        }
        ASN1Sequence extensions = RequestAttributes.check(attributes);
        PublicKeyRules.Accepted key =
                PublicKeyRules.check(SubjectPublicKeyInfo.getInstance(info.getObjectAt(2)));
        verify(
                key,
                AlgorithmIdentifier.getInstance(request.getObjectAt(1)),
                ASN1BitString.getInstance(request.getObjectAt(2)),
                new DerCursor(der).next(DerCursor.SEQUENCE).nextEncoded(DerCursor.SEQUENCE));
        return new SigningRequest(
                new SubjectKey(key.type(), key.keyInfo(), crypto.sha256(key.keyInfo())),
                crypto.sha256(der),
                RequestedContent.of(subject, extensions));
    }

    private static ASN1Sequence sequence(Object element, int size) {
        ASN1Sequence sequence = ASN1Sequence.getInstance(element);
        if (sequence.size() != size) {
            throw UnacceptableRequestException.malformed(
                    "certification request has a structure of "
                            + sequence.size()
                            + " fields (expected: "
                            + size
                            + ", RFC 2986 4)");
        }
        return sequence;
    }

    private void verify(
            PublicKeyRules.Accepted key,
            AlgorithmIdentifier algorithm,
            ASN1BitString signature,
            byte[] signed) {
        String name = RequestSignatureAlgorithm.jcaName(key.kind(), algorithm);
        if (signature.getPadBits() != 0) {
            throw UnacceptableRequestException.signature(
                    "certification request's signature is not a whole number of octets");
        }
        boolean verified;
        try {
            PublicKey publicKey =
                    crypto.keyFactory(key.kind().jcaName())
                            .generatePublic(new X509EncodedKeySpec(key.keyInfo()));
            Signature verifier = crypto.signature(name);
            verifier.initVerify(publicKey);
            verifier.update(signed);
            verified = verifier.verify(signature.getOctets());
        } catch (GeneralSecurityException | RuntimeException _) {
            // A provider's way to say that the signature is not even of the algorithm's form.
            crypto.discardSignature(name);
            verified = false;
        }
        if (!verified) {
            throw UnacceptableRequestException.signature(
                    "certification request's signature does not verify with its own key; sign it"
                            + " with the private key that belongs to it");
        }
    }
}
