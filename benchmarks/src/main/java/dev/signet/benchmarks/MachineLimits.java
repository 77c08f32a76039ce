package dev.signet.benchmarks;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What this machine could do at most, with nothing but the arithmetic of an issuance: the
/// yardstick for every rate measured beside it.
final class MachineLimits {

    /// About the size of a certificate's signed part.
    private static final int MESSAGE_LENGTH = 400;

    private MachineLimits() {}

    /// @param signAndVerify one P-256 signature and one verification, per second over all cores
    /// @param signAndVerifyTwice one signature and two verifications, per second over all cores
    /// @param provider whose arithmetic it was
    record Crypto(double signAndVerify, double signAndVerifyTwice, String provider) {}

    /// Keeps every core busy for three times `length`.
    static Crypto crypto(Duration length) throws InterruptedException {
        run(2, length); // compiles
        double once = run(1, length);
        double twice = run(2, length);
        return new Crypto(once, twice, provider());
    }

    private static String provider() {
        try {
            return Signature.getInstance("SHA256withECDSA").getProvider().getName();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double run(int verifications, Duration length) throws InterruptedException {
        int cores = Runtime.getRuntime().availableProcessors();
        try (ExecutorService threads = Executors.newFixedThreadPool(cores)) {
            List<Callable<Double>> tasks = new ArrayList<>();
            for (int i = 0; i < cores; i++) {
                tasks.add(() -> perSecond(verifications, length));
            }
            double sum = 0;
            for (Future<Double> rate : threads.invokeAll(tasks)) {
                sum += rate.get();
            }
            return sum;
        } catch (ExecutionException e) {
            throw new IllegalStateException("crypto limit could not be measured", e);
        }
    }

    private static double perSecond(int verifications, Duration length)
            throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair issuer = generator.generateKeyPair();
        KeyPair workload = generator.generateKeyPair();
        byte[] message = new byte[MESSAGE_LENGTH];
        byte[] toBeSigned = new byte[MESSAGE_LENGTH];
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(workload.getPrivate());
        signature.update(message);
        byte[] proof = signature.sign();

        Signature signer = Signature.getInstance("SHA256withECDSA");
        long begin = System.nanoTime();
        long end = begin + length.toNanos();
        int done = 0;
        while (System.nanoTime() - end < 0) {
            for (int i = 0; i < verifications; i++) {
                signature.initVerify(workload.getPublic());
                signature.update(message);
                if (!signature.verify(proof)) {
                    throw new IllegalStateException("a good signature was not accepted");
                }
            }
            signer.initSign(issuer.getPrivate());
            signer.update(toBeSigned);
            signer.sign();
            done++;
        }
        return done * 1e9 / (System.nanoTime() - begin);
    }
}
