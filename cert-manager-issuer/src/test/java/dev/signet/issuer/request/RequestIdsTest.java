package dev.signet.issuer.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.UUID;

class RequestIdsTest {

    private static final Instant APPROVED = Instant.parse("2026-11-23T12:00:00Z");

    @Test
    void theSameResourceAlwaysHasTheSameId() {
        assertThat(RequestIds.of("CertificateRequest", "u", APPROVED))
                .isEqualTo(RequestIds.of("CertificateRequest", "u", APPROVED));
    }

    @Test
    void anotherResourceHasAnother() {
        assertThat(RequestIds.of("CertificateRequest", "u", APPROVED))
                .isNotEqualTo(RequestIds.of("CertificateRequest", "v", APPROVED))
                .isNotEqualTo(RequestIds.of("CertificateSigningRequest", "u", APPROVED))
                .isNotEqualTo(RequestIds.of("CertificateRequest", "u", APPROVED.plusSeconds(1)));
    }

    @Test
    void isAUuidOfVersion7ThatSaysWhenItWasApproved() {
        UUID id = UUID.fromString(RequestIds.of("CertificateRequest", "u", APPROVED));
        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(APPROVED.toEpochMilli());
    }
}
