package dev.signet.ca.wire;

import com.google.protobuf.UnsafeByteOperations;

import dev.signet.ca.attestation.Evidence;
import dev.signet.ca.issuance.Issuance;
import dev.signet.ca.issuance.IssuanceOutcome;
import dev.signet.ca.issuance.IssuanceRequest;
import dev.signet.ca.ledger.Notice;
import dev.signet.ca.ledger.RecordedCertificate;
import dev.signet.ca.policy.RequestedCertificate;
import dev.signet.ca.refusal.Refusal;
import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.IssuanceNotice;
import dev.signet.proto.v1.IssueCertificateForSubjectRequest;
import dev.signet.proto.v1.IssueCertificateForSubjectResponse;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssueCertificateResponse;
import dev.signet.proto.v1.IssuedCertificate;
import dev.signet.proto.v1.RenewCertificateRequest;
import dev.signet.proto.v1.RenewCertificateResponse;
import dev.signet.proto.v1.RenewalWindow;

import io.grpc.ServerServiceDefinition;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/// signet.v1.CertificateService: fields in and out, nothing else. Thread-safe.
final class GrpcCertificateService {

    private final Issuance issuance;
    private final OwnRevocation ownRevocation;

    GrpcCertificateService(Issuance issuance, OwnRevocation ownRevocation) {
        this.issuance = issuance;
        this.ownRevocation = ownRevocation;
    }

    ServerServiceDefinition definition(UnaryCalls calls) {
        return Lenient.service(
                CertificateServiceGrpc.getServiceDescriptor(),
                List.of(
                        calls.serve(
                                CertificateServiceGrpc.getIssueCertificateMethod(), this::issue),
                        calls.serve(
                                CertificateServiceGrpc.getRenewCertificateMethod(), this::renew),
                        calls.serve(
                                CertificateServiceGrpc.getIssueCertificateForSubjectMethod(),
                                this::issueForSubject),
                        calls.serve(
                                CertificateServiceGrpc.getRevokeCertificateMethod(),
                                ownRevocation::revoke)));
    }

    private void issue(
            IssueCertificateRequest request,
            Caller caller,
            Answer<IssueCertificateResponse> answer) {
        RequestFields fields = new RequestFields();
        run(
                fields,
                caller.evidence(),
                fields.certificationRequest(request.getCertificateSigningRequest()),
                fields.requestId(request.getRequestId()),
                new RequestedCertificate(
                        fields.spiffeId(request.getSpiffeId()),
                        fields.lifetime(request.hasLifetime(), request.getLifetime()),
                        fields.names(request.getNames()),
                        fields.profile(request.getProfile())),
                issued -> IssueCertificateResponse.newBuilder().setCertificate(issued).build(),
                answer);
    }

    private void renew(
            RenewCertificateRequest request,
            Caller caller,
            Answer<RenewCertificateResponse> answer) {
        RequestFields fields = new RequestFields();
        run(
                fields,
                caller.evidence(),
                fields.certificationRequest(request.getCertificateSigningRequest()),
                fields.requestId(request.getRequestId()),
                new RequestedCertificate(
                        null,
                        fields.lifetime(request.hasLifetime(), request.getLifetime()),
                        fields.names(request.getNames()),
                        fields.profile(request.getProfile())),
                issued -> RenewCertificateResponse.newBuilder().setCertificate(issued).build(),
                answer);
    }

    private void issueForSubject(
            IssueCertificateForSubjectRequest request,
            Caller caller,
            Answer<IssueCertificateForSubjectResponse> answer) {
        RequestFields fields = new RequestFields();
        run(
                fields,
                new Evidence.RegistrationAuthority(
                        caller.certificates(),
                        fields.subject(request.getSubject()),
                        fields.attributes(request.getAttributesMap())),
                fields.certificationRequest(request.getCertificateSigningRequest()),
                fields.requestId(request.getRequestId()),
                new RequestedCertificate(
                        fields.spiffeId(request.getSpiffeId()),
                        fields.lifetime(request.hasLifetime(), request.getLifetime()),
                        fields.allNames(request.getNames()),
                        fields.profile(request.getProfile()),
                        fields.certificate(request.hasCertificate(), request.getCertificate())),
                issued ->
                        IssueCertificateForSubjectResponse.newBuilder()
                                .setCertificate(issued)
                                .build(),
                answer);
    }

    private <R> void run(
            RequestFields fields,
            Evidence evidence,
            byte[] certificationRequest,
            @Nullable UUID requestId,
            RequestedCertificate requested,
            Function<IssuedCertificate, R> response,
            Answer<R> answer) {
        Refusal objection = fields.objection();
        if (objection != null) {
            answer.refuse(objection);
            return;
        }
        issuance.issue(
                new IssuanceRequest(
                        evidence, certificationRequest, requestId, requested, answer.peer()),
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
        for (Notice notice : certificate.notices()) {
            message.addNotices(
                    IssuanceNotice.newBuilder().setCode(notice.code()).setText(notice.text()));
        }
        return message.build();
    }
}
