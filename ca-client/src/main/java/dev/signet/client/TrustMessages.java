package dev.signet.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;

import dev.signet.proto.v1.IssuedCertificate;
import dev.signet.proto.v1.RevokedSerialNumbers;
import dev.signet.proto.v1.WatchRevocationsResponse;
import dev.signet.proto.v1.WatchTrustBundleResponse;

import org.jspecify.annotations.Nullable;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Messages of the CA as values of this library, within bounds. Stateless.
final class TrustMessages {

    private static final int MAX_NOTICES = 16;
    private static final int MAX_NOTICE = 512;

    private static final int MAX_ORDERS = 16;
    private static final int MAX_FOREIGN = 1000;
    private static final long MOST_AGE_SECONDS = Duration.ofDays(36_525).toSeconds();
    private static final int MAX_CERTIFICATE_OCTETS = 16 * 1024;
    private static final Duration DEFAULT_REFRESH = Duration.ofMinutes(5);
    private static final Duration LEAST_REFRESH = Duration.ofSeconds(1);
    private static final Duration MOST_REFRESH = Duration.ofDays(1);

    private TrustMessages() {}

    static TrustState state(WatchTrustBundleResponse response) {
        List<RenewalOrder> orders = new ArrayList<>();
        for (dev.signet.proto.v1.RenewalOrder order : response.getRenewalOrdersList()) {
            if (!order.hasCancelledAt() && orders.size() < MAX_ORDERS) {
                orders.add(
                        new RenewalOrder(
                                order.getNumber(),
                                Set.copyOf(order.getAuthorityIdsList()),
                                order.getSpiffeIdPrefix(),
                                order.hasIssuedBefore() ? instant(order.getIssuedBefore()) : null,
                                instant(order.getStart()),
                                instant(order.getEnd())));
            }
        }
        return new TrustState(
                bundle(response.getBundle()), foreign(response.getFederatedBundlesList()), orders);
    }

    static List<TrustBundle> foreign(List<dev.signet.proto.v1.TrustBundle> protos) {
        if (protos.size() > MAX_FOREIGN) {
            throw malformed(
                    protos.size() + " federated bundles (expected: <= " + MAX_FOREIGN + ")", null);
        }
        return protos.stream().map(TrustMessages::bundle).toList();
    }

    static RevocationUpdate update(WatchRevocationsResponse response) {
        List<RevocationUpdate.Serials> revoked = new ArrayList<>();
        for (RevokedSerialNumbers group : response.getRevokedList()) {
            revoked.add(
                    new RevocationUpdate.Serials(
                            group.getExpiryPeriod(),
                            group.getRandomBytes().asReadOnlyByteBuffer()));
        }
        return new RevocationUpdate(
                response.getSequence(),
                response.getSnapshotBegin(),
                response.getAfterSequenceUnknown(),
                revoked,
                response.hasAge() ? age(response.getAge()) : null);
    }

    private static Duration age(com.google.protobuf.Duration age) {
        return Duration.ofSeconds(Math.max(0, Math.min(age.getSeconds(), MOST_AGE_SECONDS)))
                .plusNanos(Math.max(0, Math.min(age.getNanos(), 999_999_999)));
    }

    static TrustBundle bundle(dev.signet.proto.v1.TrustBundle proto) {
        Duration refresh = DEFAULT_REFRESH;
        if (proto.hasRefreshHint()) {
            long seconds = proto.getRefreshHint().getSeconds();
            refresh =
                    Duration.ofSeconds(
                            Math.max(
                                    LEAST_REFRESH.toSeconds(),
                                    Math.min(seconds, MOST_REFRESH.toSeconds())));
        }
        try {
            return new TrustBundle(
                    new TrustDomain(proto.getTrustDomain()),
                    proto.getVersion(),
                    certificates(proto.getX509AuthoritiesList(), TrustBundle.MAX_AUTHORITIES),
                    refresh);
        } catch (IllegalArgumentException e) {
            throw malformed(e.getMessage(), e);
        }
    }

    /// As many as an honest CA sends, each bounded.
    static List<IssuanceNotice> notices(IssuedCertificate issued) {
        return issued.getNoticesList().stream()
                .limit(MAX_NOTICES)
                .map(notice ->
                        new IssuanceNotice(bounded(notice.getCode()), bounded(notice.getText())))
                .toList();
    }

    private static String bounded(String text) {
        return text.length() <= MAX_NOTICE ? text : text.substring(0, MAX_NOTICE);
    }

    static List<X509Certificate> certificates(List<ByteString> ders, int most) {
        if (ders.size() > most) {
            throw malformed(ders.size() + " certificates (expected: <= " + most + ")", null);
        }
        List<X509Certificate> certificates = new ArrayList<>();
        for (ByteString der : ders) {
            if (der.size() > MAX_CERTIFICATE_OCTETS) {
                throw malformed("a certificate of " + der.size() + " octets", null);
            }
            try {
                certificates.add(Pem.certificate(der.toByteArray()));
            } catch (IllegalArgumentException e) {
                throw malformed(e.getMessage(), e);
            }
        }
        return certificates;
    }

    private static UntrustedCaException malformed(
            @Nullable String what, @Nullable Throwable cause) {
        return new UntrustedCaException(
                "ANSWER_MALFORMED", "the CA's answer cannot be used: " + what, cause);
    }

    static Instant instant(Timestamp timestamp) {
        return Instant.ofEpochSecond(
                Math.max(0, Math.min(timestamp.getSeconds(), 253_402_300_799L)),
                Math.max(0, Math.min(timestamp.getNanos(), 999_999_999)));
    }
}
