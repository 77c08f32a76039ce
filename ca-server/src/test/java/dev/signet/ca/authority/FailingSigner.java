package dev.signet.ca.authority;

import dev.signet.ca.certificate.SignatureAlgorithm;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/// A signer that fails on demand around a real one. Each fault comes in two forms: `LOST` throws
/// without having signed, `SIGNED_ANYWAY` signs, then throws. Thread-safe.
public final class FailingSigner implements Signer {

    /// What happens at a call.
    public enum Fault {
        NONE,
        LOST,
        SIGNED_ANYWAY,
        /// What keeps the key does not answer: an HSM that is unavailable.
        KEY_AWAY,
        /// Gives a signature that is no signature.
        GARBAGE
    }

    private final Signer real;
    private final boolean mayBlock;
    private final AtomicInteger signatures = new AtomicInteger();
    private volatile Fault fault = Fault.NONE;

    public FailingSigner(Signer real) {
        this(real, false);
    }

    public FailingSigner(Signer real, boolean mayBlock) {
        this.real = real;
        this.mayBlock = mayBlock;
    }

    /// For [TestAuthority#at]: hands out the signer it makes.
    public static UnaryOperator<Signer> capturedIn(FailingSigner[] holder) {
        return real -> {
            holder[0] = new FailingSigner(real);
            return holder[0];
        };
    }

    public void setFault(Fault fault) {
        this.fault = fault;
    }

    /// Signatures made, whether or not the caller got them.
    public int signatures() {
        return signatures.get();
    }

    @Override
    public SignatureAlgorithm algorithm() {
        return real.algorithm();
    }

    @Override
    public byte[] sign(byte[] toBeSigned) {
        return switch (fault) {
            case NONE -> signed(toBeSigned);
            case LOST -> throw new SigningException("fault asked for by a test", null);
            case KEY_AWAY ->
                    throw SigningException.keyAway("unavailable as a test asked for", null);
            case SIGNED_ANYWAY -> {
                signed(toBeSigned);
                throw new SigningException("fault after signing asked for by a test", null);
            }
            case GARBAGE -> new byte[] {1, 2, 3};
        };
    }

    private byte[] signed(byte[] toBeSigned) {
        signatures.incrementAndGet();
        return real.sign(toBeSigned);
    }

    @Override
    public java.util.Optional<String> impediment() {
        return java.util.Optional.empty();
    }

    @Override
    public boolean mayBlock() {
        return mayBlock;
    }
}
