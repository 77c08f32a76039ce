package dev.signet.ca.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.TestCertificates;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What the token's library may do to us.
class Pkcs11TokenTest {

    private static final TokenKeyReference KEY =
            new TokenKeyReference(FakeCryptoki.LABEL, new byte[] {1});

    private final FakeCryptoki library = new FakeCryptoki();
    private volatile String pin = "1234";
    private Pkcs11Token token;

    private Pkcs11Token open(int sessions, Duration timeout) {
        token =
                Pkcs11Token.open(
                        new Pkcs11Settings(
                                Path.of("fake"),
                                FakeCryptoki.LABEL,
                                null,
                                null,
                                "PIN",
                                sessions,
                                timeout),
                        TestCertificates.CRYPTO,
                        _ -> pin,
                        library);
        return token;
    }

    @AfterEach
    void close() {
        library.hang.countDown();
        token.close();
    }

    private byte[] sign() {
        return token.sign(KEY, TokenSignature.ECDSA_OF_DIGEST, new byte[32]);
    }

    @Test
    void aSessionThatWasLostIsReplacedWithoutTheCallerNoticing() {
        open(1, Duration.ofSeconds(2));
        sign();
        library.loseSessions();
        assertThat(sign()).hasSize(64);
        library.finalizeLibrary();
        assertThat(sign()).hasSize(64);
        assertThat(token.impediment()).isEmpty();
    }

    @Test
    void aCallThatHangsCostsItsCallerTheTimeoutAndTheNextOnesNothing() {
        open(2, Duration.ofMillis(200));
        library.hang = new CountDownLatch(1);
        long begin = System.nanoTime();
        assertThatThrownBy(this::sign)
                .isInstanceOf(TokenException.class)
                .hasMessageContaining("did not answer within");
        assertThat(token.impediment()).isPresent();
        assertThatThrownBy(this::sign).isInstanceOf(TokenException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));

        library.hang.countDown();

        await().atMost(Duration.ofSeconds(10)).until(() -> token.impediment().isEmpty());
        assertThat(sign()).hasSize(64);
    }

    @Test
    void aTokenThatIsAwayIsRefusedAtOnceAndFoundAgain() {
        open(1, Duration.ofSeconds(2));
        sign();
        library.present = false;
        library.loseSessions();
        assertThatThrownBy(this::sign)
                .isInstanceOf(TokenException.class)
                .hasMessageContaining("token fake cannot be used");
        int before = library.logins.get();
        assertThatThrownBy(this::sign).isInstanceOf(TokenException.class);
        assertThat(library.logins.get()).isEqualTo(before);
        await().atMost(Duration.ofSeconds(10)).until(() -> library.finalized.get() > 0);

        library.present = true;

        await().atMost(Duration.ofSeconds(10)).until(() -> token.impediment().isEmpty());
        assertThat(sign()).hasSize(64);
    }

    @Test
    void aPinThatWasRefusedIsNotTriedAgainUntilItChanges() {
        library.loginResult = 0xA0;
        open(4, Duration.ofSeconds(2));
        assertThat(token.impediment().orElseThrow()).contains("CKR_PIN_INCORRECT");
        // Looked for again, each second, without another login.
        await().atMost(Duration.ofSeconds(10))
                .until(() -> token.impediment().orElseThrow().contains("not tried again"));
        assertThat(library.logins.get()).isEqualTo(1);
        assertThat(token.impediment().orElseThrow()).doesNotContain("1234");

        library.loginResult = 0;
        pin = "5678";

        await().atMost(Duration.ofSeconds(10)).until(() -> token.impediment().isEmpty());
        assertThat(library.logins.get()).isGreaterThan(1);
    }

    @Test
    void neverUsesMoreSessionsThanItMay() throws Exception {
        open(3, Duration.ofSeconds(5));
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<byte[]>> results = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                results.add(callers.submit(this::sign));
            }
            for (Future<byte[]> result : results) {
                assertThat(result.get()).hasSize(64);
            }
        }
        assertThat(library.mostSigning.get()).isBetween(1, 3);
    }

    @Test
    void waitersBeyondTheQueueAreRefusedAtOnce() throws Exception {
        open(1, Duration.ofSeconds(20));
        library.hang = new CountDownLatch(1);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<byte[]>> results = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                results.add(callers.submit(this::sign));
            }
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> results.stream().filter(Future::isDone).count() >= 40);
            library.hang.countDown();
            long refused =
                    results.stream()
                            .filter(result -> {
                                try {
                                    result.get();
                                    return false;
                                } catch (Exception e) {
                                    assertThat(e).hasMessageContaining("busy");
                                    return true;
                                }
                            })
                            .count();
            assertThat(refused).isBetween(40L, 45L);
        }
        assertThat(token.impediment()).isEmpty();
    }

    @Test
    void refusesAKeyThatCouldBeTakenOut() {
        open(1, Duration.ofSeconds(2));
        // The fake says CKA_NEVER_EXTRACTABLE false.
        assertThatThrownBy(() -> token.generate(TokenKeySpec.EC_P256, "test"))
                .isInstanceOf(TokenException.class)
                .hasMessageContaining("could be taken out");
    }
}
