package dev.signet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.proto.v1.IssueCertificateRequest;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.UUID;

class RequestFormTest {

    @Test
    void aRequestIsWholeWithItsIdAppended() throws Exception {
        PreparedRequests.Prepared prepared = PreparedRequests.make(1, true).next();
        byte[] id = new RequestIds(InstantSource.system(), 1).next();
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(prepared.prefix());
        whole.writeBytes(id);

        IssueCertificateRequest request = IssueCertificateRequest.parseFrom(whole.toByteArray());

        assertThat(request.getCertificateSigningRequest().size()).isPositive();
        assertThat(request.getRequestId()).isEqualTo(new String(id, StandardCharsets.US_ASCII));
        UUID uuid = UUID.fromString(request.getRequestId());
        assertThat(uuid.version()).isEqualTo(7);
        assertThat(uuid.variant()).isEqualTo(2);
    }

    @Test
    void laterHeaderBlocksSayWhatTheFirstSaid() throws Exception {
        DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(true);
        byte[] token = HeaderBlocks.authorization("Bearer " + "x".repeat(900));

        Http2Headers first = decode(decoder, 1, HeaderBlocks.first("127.0.0.1:8443"), token);
        Http2Headers later = decode(decoder, 3, HeaderBlocks.later(), token);

        assertThat(first.method()).hasToString("POST");
        assertThat(first.path()).hasToString("/signet.v1.CertificateService/IssueCertificate");
        assertThat(first.get("authorization")).hasToString("Bearer " + "x".repeat(900));
        assertThat(later).isEqualTo(first);
    }

    private static Http2Headers decode(
            DefaultHttp2HeadersDecoder decoder, int stream, byte[] fixed, byte[] token)
            throws Exception {
        return decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(fixed, token));
    }
}
