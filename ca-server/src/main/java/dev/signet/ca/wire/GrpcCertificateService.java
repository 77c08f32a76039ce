package dev.signet.ca.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.UnsafeByteOperations;

import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.SigningRequest;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.issuance.Issuance;
import dev.signet.ca.issuance.IssuanceOutcome;
import dev.signet.ca.issuance.IssuanceRequest;
import dev.signet.ca.ledger.RecordedCertificate;
import dev.signet.ca.policy.Wish;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssueCertificateResponse;
import dev.signet.proto.v1.IssuedCertificate;
import dev.signet.proto.v1.RenewCertificateRequest;
import dev.signet.proto.v1.RenewCertificateResponse;
import dev.signet.proto.v1.RenewalWindow;

import io.grpc.ServerServiceDefinition;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// signet.v1.CertificateService: fields in and out, nothing else. Thread-safe.
final class GrpcCertificateService {

    private static final int UUID_LENGTH = 36;
    private static final int UUID_VERSION = 7;

    private final Issuance issuance;

    GrpcCertificateService(Issuance issuance) {
        this.issuance = issuance;
    }

    ServerServiceDefinition definition(UnaryCalls calls) {
        return Lenient.service(
                CertificateServiceGrpc.getServiceDescriptor(),
                List.of(
                        calls.serve(
                                CertificateServiceGrpc.getIssueCertificateMethod(), this::issue),
                        calls.serve(
                                CertificateServiceGrpc.getRenewCertificateMethod(), this::renew)));
    }

    private void issue(
            IssueCertificateRequest request,
            Caller caller,
            Answer<IssueCertificateResponse> answer) {
        SpiffeId wishedId = null;
        if (!request.getSpiffeId().isEmpty()) {
            Optional<SpiffeId> parsed = SpiffeId.parse(request.getSpiffeId());
            if (parsed.isEmpty()) {
                answer.refuse(
                        RefusalStatus.invalidField(
                                "spiffe_id",
                                "spiffe_id is not a SPIFFE ID of a workload (expected:"
                                        + " spiffe://trust-domain/path)"));
                return;
            }
            wishedId = parsed.get();
        }
        run(
                caller,
                request.getCertificateSigningRequest(),
                request.getRequestId(),
                request.hasLifetime() ? request.getLifetime() : null,
                wishedId,
                issued -> IssueCertificateResponse.newBuilder().setCertificate(issued).build(),
                answer);
    }

    private void renew(
            RenewCertificateRequest request,
            Caller caller,
            Answer<RenewCertificateResponse> answer) {
        run(
                caller,
                request.getCertificateSigningRequest(),
                request.getRequestId(),
                request.hasLifetime() ? request.getLifetime() : null,
                null,
                issued -> RenewCertificateResponse.newBuilder().setCertificate(issued).build(),
                answer);
    }

    private <R> void run(
            Caller caller,
            ByteString certificationRequest,
            String requestId,
            @Nullable Duration lifetime,
            @Nullable SpiffeId wishedId,
            Function<IssuedCertificate, R> response,
            Answer<R> answer) {
        if (certificationRequest.size() > SigningRequest.MAX_LENGTH) {
            answer.refuse(
                    Refusal.of(
                            RefusalCode.CSR_MALFORMED,
                            "certification request has "
                                    + certificationRequest.size()
                                    + " octets (expected: at most "
                                    + SigningRequest.MAX_LENGTH
                                    + ")"));
            return;
        }
        UUID id = null;
        if (!requestId.isEmpty()) {
            Optional<UUID> parsed = requestId(requestId);
            if (parsed.isEmpty()) {
                answer.refuse(
                        RefusalStatus.invalidField(
                                "request_id",
                                "request_id is not a UUID of version 7 in text form (expected:"
                                        + " 8-4-4-4-12 hexadecimal digits, RFC 9562)"));
                return;
            }
            id = parsed.get();
        }
        java.time.Duration wished = null;
        if (lifetime != null) {
            Optional<java.time.Duration> parsed = Protobuf.wholeSeconds(lifetime);
            if (parsed.isEmpty()) {
                answer.refuse(
                        RefusalStatus.invalidField(
                                "lifetime",
                                "lifetime is not a whole number of seconds from 1 s to 100"
                                        + " years"));
                return;
            }
            wished = parsed.get();
        }
        issuance.issue(
                new IssuanceRequest(
                        caller.evidence(),
                        certificationRequest.toByteArray(),
                        id,
                        new Wish(wishedId, wished, AlternativeNames.NONE, null)),
                outcome -> answer(outcome, response, answer),
                answer::fault);
    }

    private static <R> void answer(
            IssuanceOutcome outcome, Function<IssuedCertificate, R> response, Answer<R> answer) {
        switch (outcome) {
            case IssuanceOutcome.Issued issued -> answer.send(response.apply(message(issued)));
            // Issuance logs its own refusals and faults, with what it knows.
            case IssuanceOutcome.Refused(Refusal refusal) -> answer.passOn(refusal);
        }
    }

    /// The octets are wrapped, not copied: nobody changes them.
    private static IssuedCertificate message(IssuanceOutcome.Issued issued) {
        RecordedCertificate certificate = issued.certificate();
        IssuedCertificate.Builder message =
                IssuedCertificate.newBuilder()
                        .addCertificateChain(UnsafeByteOperations.unsafeWrap(certificate.der()))
                        .setSpiffeId(certificate.spiffeId().toString())
                        .setSerialNumber(certificate.serialNumber().hex())
                        .setNotBefore(Protobuf.timestamp(certificate.validity().notBefore()))
                        .setNotAfter(Protobuf.timestamp(certificate.validity().notAfter()))
                        .setRenewalWindow(
                                RenewalWindow.newBuilder()
                                        .setStart(Protobuf.timestamp(issued.renewFrom()))
                                        .setEnd(Protobuf.timestamp(issued.renewUntil())))
                        .setTrustBundleVersion(issued.trustBundleVersion());
        for (byte[] issuer : issued.issuerChain()) {
            message.addCertificateChain(UnsafeByteOperations.unsafeWrap(issuer));
        }
        return message.build();
    }

    /// `UUID.fromString` alone takes texts that are no UUIDs, such as `1-1-1-1-1`.
    static Optional<UUID> requestId(String text) {
        if (text.length() != UUID_LENGTH) {
            return Optional.empty();
        }
        try {
            UUID id = UUID.fromString(text);
            return id.version() == UUID_VERSION && id.toString().equalsIgnoreCase(text)
                    ? Optional.of(id)
                    : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
