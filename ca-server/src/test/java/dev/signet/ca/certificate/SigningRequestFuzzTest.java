package dev.signet.ca.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.TestCertificates.SubjectKeyType;
import dev.signet.ca.certificate.SigningRequest.Reading;
import dev.signet.ca.refusal.RefusalCode;

import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;

/// Property-based fuzzing of everything that an anonymous caller can send as a certification
/// request. Two seconds by default; `-Dfuzz.seconds=600 -Dfuzz.seed=1` for more.
class SigningRequestFuzzTest {

    private static final Set<RefusalCode> CODES =
            EnumSet.of(
                    RefusalCode.CSR_MALFORMED,
                    RefusalCode.CSR_SIGNATURE_INVALID,
                    RefusalCode.KEY_NOT_ACCEPTED);
    private static final Duration LONGEST = Duration.ofSeconds(2);

    private final SigningRequestReader reader = new SigningRequestReader(TestCertificates.CRYPTO);

    @Test
    void R12_eachInputIsAnsweredWithAValueAndSoon() {
        long seconds = Long.getLong("fuzz.seconds", 2);
        long seed = Long.getLong("fuzz.seed", 20261123);
        Random random = new Random(seed);
        List<byte[]> corpus = corpus();
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        long count = 0;
        while (System.nanoTime() < end) {
            byte[] input = mutant(corpus, random);
            long begin = System.nanoTime();
            Reading reading = read(input, seed);
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .as(() -> "seed " + seed + ": " + HexFormat.of().formatHex(input))
                    .isLessThan(LONGEST);
            check(input, reading);
            count++;
        }
        assertThat(count).isGreaterThan(100);
    }

    private Reading read(byte[] input, long seed) {
        try {
            return reader.read(input);
        } catch (Throwable e) {
            throw new AssertionError("seed " + seed + ": " + HexFormat.of().formatHex(input), e);
        }
    }

    private static void check(byte[] input, Reading reading) {
        switch (reading) {
            case Reading.Rejected(var refusal) -> {
                assertThat(refusal.code()).isIn(CODES);
                assertThat(refusal.message().length()).isBetween(1, 300);
                assertThat(refusal.message()).isPrintable();
            }
            case Reading.Accepted(var request) -> assertOracleAgrees(input, request);
        }
    }

    /// What we take, BouncyCastle takes too, and it finds the same key.
    private static void assertOracleAgrees(byte[] input, SigningRequest request) {
        byte[] der = input;
        if (input[0] != 0x30) {
            String text = new String(input, StandardCharsets.ISO_8859_1);
            der =
                    java.util.Base64.getMimeDecoder()
                            .decode(
                                    Pattern.compile("-----[A-Z ]+-----")
                                            .matcher(text)
                                            .replaceAll(""));
        }
        try {
            PKCS10CertificationRequest oracle = new PKCS10CertificationRequest(der);
            assertThat(oracle.getSubjectPublicKeyInfo().getEncoded("DER"))
                    .isEqualTo(request.key().subjectPublicKeyInfo());
            assertThat(
                            oracle.isSignatureValid(
                                    new JcaContentVerifierProviderBuilder()
                                            .build(oracle.getSubjectPublicKeyInfo())))
                    .isTrue();
        } catch (Exception e) {
            throw new AssertionError(HexFormat.of().formatHex(input), e);
        }
    }

    private static List<byte[]> corpus() {
        List<byte[]> corpus = new ArrayList<>();
        for (SubjectKeyType type : SubjectKeyType.values()) {
            byte[] der = TestCertificates.request(type);
            corpus.add(der);
            corpus.add(TestCertificates.pem("CERTIFICATE REQUEST", der));
        }
        HandMadeRequest.defects().stream()
                .map(HandMadeRequest.Defect::der)
                .filter(der -> der.length < 4096)
                .forEach(corpus::add);
        return corpus;
    }

    private static byte[] mutant(List<byte[]> corpus, Random random) {
        byte[] input = corpus.get(random.nextInt(corpus.size())).clone();
        int steps = 1 + random.nextInt(4);
        for (int i = 0; i < steps && input.length > 0; i++) {
            input = mutated(input, corpus, random);
        }
        return input;
    }

    private static byte[] mutated(byte[] input, List<byte[]> corpus, Random random) {
        int at = random.nextInt(input.length);
        return switch (random.nextInt(8)) {
            case 0 -> {
                input[at] ^= (byte) (1 << random.nextInt(8));
                yield input;
            }
            case 1 -> {
                input[at] = (byte) random.nextInt(256);
                yield input;
            }
            case 2 -> Arrays.copyOf(input, at);
            case 3 -> joined(input, at, new byte[] {(byte) random.nextInt(256)}, at);
            case 4 -> joined(input, at, new byte[0], Math.min(input.length, at + 1));
            case 5 -> {
                byte[] other = corpus.get(random.nextInt(corpus.size()));
                int from = random.nextInt(other.length);
                int to = from + random.nextInt(other.length - from);
                yield joined(input, at, Arrays.copyOfRange(other, from, to), at);
            }
            case 6 -> {
                int end = Math.min(input.length, at + random.nextInt(64));
                yield joined(input, at, Arrays.copyOfRange(input, at, end), at);
            }
            default -> {
                // Tags and lengths that matter.
                byte[] interesting = {
                    0, 1, 0x7f, (byte) 0x80, (byte) 0x84, (byte) 0xff, 0x30, 0x31
                };
                input[at] = interesting[random.nextInt(interesting.length)];
                yield input;
            }
        };
    }

    private static byte[] joined(byte[] input, int head, byte[] middle, int tail) {
        byte[] joined = new byte[head + middle.length + input.length - tail];
        System.arraycopy(input, 0, joined, 0, head);
        System.arraycopy(middle, 0, joined, head, middle.length);
        System.arraycopy(input, tail, joined, head + middle.length, input.length - tail);
        return joined;
    }
}
