package dev.signet.benchmarks;

import dev.signet.proto.v1.CertificateServiceGrpc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// The header block of an issuance call, encoded by hand: what is the same for all calls of a
/// connection is sent once and then named by its place in the dynamic table; the token is sent
/// literally each time, never indexed, as grpc-java sends long values (no Huffman coding).
///
/// @rfc 7541 6
final class HeaderBlocks {

    private static final int INDEXED = 0x80;
    private static final int INCREMENTAL = 0x40;
    private static final int NEVER_INDEXED = 0x10;

    // RFC 7541 appendix A.
    private static final int AUTHORITY = 1;
    private static final int METHOD_POST = 3;
    private static final int PATH = 4;
    private static final int SCHEME_HTTPS = 7;
    private static final int AUTHORIZATION = 23;
    private static final int CONTENT_TYPE = 31;
    private static final int USER_AGENT = 58;

    /// Index of the youngest entry of the dynamic table.
    private static final int YOUNGEST = 62;

    /// path, authority, te, content-type, user-agent.
    private static final int DYNAMIC_ENTRIES = 5;

    private HeaderBlocks() {}

    /// For the first call of a connection.
    static byte[] first(String authority) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(INDEXED | METHOD_POST);
        block.write(INDEXED | SCHEME_HTTPS);
        integer(block, INCREMENTAL, 6, PATH);
        text(block, "/" + CertificateServiceGrpc.getIssueCertificateMethod().getFullMethodName());
        integer(block, INCREMENTAL, 6, AUTHORITY);
        text(block, authority);
        integer(block, INCREMENTAL, 6, 0);
        text(block, "te");
        text(block, "trailers");
        integer(block, INCREMENTAL, 6, CONTENT_TYPE);
        text(block, "application/grpc");
        integer(block, INCREMENTAL, 6, USER_AGENT);
        text(block, "signet-benchmarks");
        return block.toByteArray();
    }

    /// For every later one.
    static byte[] later() {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(INDEXED | METHOD_POST);
        block.write(INDEXED | SCHEME_HTTPS);
        for (int age = DYNAMIC_ENTRIES - 1; age >= 0; age--) {
            block.write(INDEXED | (YOUNGEST + age));
        }
        return block.toByteArray();
    }

    /// Comes after either of them.
    static byte[] authorization(String value) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        integer(block, NEVER_INDEXED, 4, AUTHORIZATION);
        text(block, value);
        return block.toByteArray();
    }

    private static void text(ByteArrayOutputStream block, String text) {
        byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
        integer(block, 0, 7, octets.length);
        block.writeBytes(octets);
    }

    /// RFC 7541 5.1.
    private static void integer(ByteArrayOutputStream block, int flags, int prefixBits, int value) {
        int most = (1 << prefixBits) - 1;
        if (value < most) {
            block.write(flags | value);
            return;
        }
        block.write(flags | most);
        int rest = value - most;
        while (rest >= 0x80) {
            block.write(0x80 | (rest & 0x7f));
            rest >>>= 7;
        }
        block.write(rest);
    }
}
