package dev.signet.benchmarks;

import com.google.protobuf.ByteString;

import dev.signet.proto.v1.IssueCertificateRequest;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// Issuance requests made before the load starts: P-256 keys and certification requests, each
/// already in the form in which it goes over the wire. Thread-safe.
final class PreparedRequests {

    private static final X500Name EMPTY_SUBJECT = new X500Name("");

    private final List<Prepared> requests;
    private final AtomicInteger position = new AtomicInteger();

    private PreparedRequests(List<Prepared> requests) {
        this.requests = requests;
    }

    /// @param withRequestIds whether each call names itself, as ca-client does
    static PreparedRequests make(int count, boolean withRequestIds) {
        return new PreparedRequests(
                IntStream.range(0, count)
                        .parallel()
                        .mapToObj(_ -> prepare(withRequestIds))
                        .toList());
    }

    Prepared next() {
        return requests.get(Math.floorMod(position.getAndIncrement(), requests.size()));
    }

    private static Prepared prepare(boolean withRequestId) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            byte[] certificationRequest =
                    new JcaPKCS10CertificationRequestBuilder(EMPTY_SUBJECT, keys.getPublic())
                            .build(
                                    new JcaContentSignerBuilder("SHA256withECDSA")
                                            .build(keys.getPrivate()))
                            .getEncoded();
            return Prepared.of(certificationRequest, keys.getPublic().getEncoded(), withRequestId);
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException("certification request could not be made", e);
        }
    }

    /// One request: protobuf octets up to where the request id goes, and the key to expect.
    static final class Prepared {
        private final byte[] prefix;
        private final boolean withRequestId;
        private final byte[] subjectPublicKeyInfo;

        private Prepared(byte[] prefix, boolean withRequestId, byte[] subjectPublicKeyInfo) {
            this.prefix = prefix;
            this.withRequestId = withRequestId;
            this.subjectPublicKeyInfo = subjectPublicKeyInfo;
        }

        private static Prepared of(
                byte[] certificationRequest, byte[] subjectPublicKeyInfo, boolean withRequestId) {
            IssueCertificateRequest.Builder request =
                    IssueCertificateRequest.newBuilder()
                            .setCertificateSigningRequest(
                                    ByteString.copyFrom(certificationRequest));
            if (!withRequestId) {
                return new Prepared(request.build().toByteArray(), false, subjectPublicKeyInfo);
            }
            // The id is the message's last field and has one length: whatever stands before it is
            // the
            // same for every call.
            byte[] whole =
                    request.setRequestId("0".repeat(RequestIds.TEXT_LENGTH)).build().toByteArray();
            byte[] prefix = Arrays.copyOf(whole, whole.length - RequestIds.TEXT_LENGTH);
            return new Prepared(prefix, true, subjectPublicKeyInfo);
        }

        byte[] prefix() {
            return prefix;
        }

        boolean withRequestId() {
            return withRequestId;
        }

        byte[] subjectPublicKeyInfo() {
            return subjectPublicKeyInfo;
        }
    }
}
