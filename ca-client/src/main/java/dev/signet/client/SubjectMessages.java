package dev.signet.client;

import com.google.protobuf.ByteString;

import dev.signet.proto.v1.IssueCertificateForSubjectRequest;
import dev.signet.proto.v1.KeyUsage;
import dev.signet.proto.v1.OtherName;
import dev.signet.proto.v1.RequestedAttributes;
import dev.signet.proto.v1.RequestedNames;

import java.time.Duration;

/// A registration authority's requests as messages. Stateless.
final class SubjectMessages {

    private SubjectMessages() {}

    static IssueCertificateForSubjectRequest request(SubjectRequest request) {
        IssueCertificateForSubjectRequest.Builder message =
                IssueCertificateForSubjectRequest.newBuilder()
                        .setCertificateSigningRequest(
                                ByteString.copyFrom(request.certificateSigningRequest()))
                        .setRequestId(request.requestId())
                        .setSubject(request.subject())
                        .putAllAttributes(request.attributes());
        Duration lifetime = request.lifetime();
        if (lifetime != null) {
            message.setLifetime(
                    com.google.protobuf.Duration.newBuilder().setSeconds(lifetime.toSeconds()));
        }
        String spiffeId = request.spiffeId();
        if (spiffeId != null) {
            message.setSpiffeId(spiffeId);
        }
        String profile = request.profile();
        if (profile != null) {
            message.setProfile(profile);
        }
        if (!request.names().equals(SubjectRequest.Names.NONE)) {
            message.setNames(names(request.names()));
        }
        SubjectRequest.Attributes requested = request.requested();
        if (requested != null) {
            message.setCertificate(requested(requested));
        }
        return message.build();
    }

    static RequestedNames names(SubjectRequest.Names names) {
        RequestedNames.Builder message =
                RequestedNames.newBuilder()
                        .addAllDnsNames(names.dnsNames())
                        .addAllIpAddresses(names.ipAddresses())
                        .addAllEmailAddresses(names.emailAddresses())
                        .addAllUris(names.uris());
        for (SubjectRequest.OtherName other : names.otherNames()) {
            message.addOtherNames(
                    OtherName.newBuilder()
                            .setTypeId(other.typeId())
                            .setUtf8Value(other.utf8Value()));
        }
        return message.build();
    }

    private static RequestedAttributes requested(SubjectRequest.Attributes requested) {
        RequestedAttributes.Builder message =
                RequestedAttributes.newBuilder()
                        .setSubject(ByteString.copyFrom(requested.subject()))
                        .addAllExtendedKeyUsages(requested.extendedKeyUsages())
                        .setCertificateAuthority(requested.certificateAuthority());
        for (SubjectRequest.KeyUsage usage : requested.keyUsages()) {
            message.addKeyUsages(usage(usage));
        }
        return message.build();
    }

    private static KeyUsage usage(SubjectRequest.KeyUsage usage) {
        return switch (usage) {
            case DIGITAL_SIGNATURE -> KeyUsage.KEY_USAGE_DIGITAL_SIGNATURE;
            case CONTENT_COMMITMENT -> KeyUsage.KEY_USAGE_CONTENT_COMMITMENT;
            case KEY_ENCIPHERMENT -> KeyUsage.KEY_USAGE_KEY_ENCIPHERMENT;
            case DATA_ENCIPHERMENT -> KeyUsage.KEY_USAGE_DATA_ENCIPHERMENT;
            case KEY_AGREEMENT -> KeyUsage.KEY_USAGE_KEY_AGREEMENT;
            case KEY_CERT_SIGN -> KeyUsage.KEY_USAGE_KEY_CERT_SIGN;
            case CRL_SIGN -> KeyUsage.KEY_USAGE_CRL_SIGN;
            case ENCIPHER_ONLY -> KeyUsage.KEY_USAGE_ENCIPHER_ONLY;
            case DECIPHER_ONLY -> KeyUsage.KEY_USAGE_DECIPHER_ONLY;
        };
    }
}
