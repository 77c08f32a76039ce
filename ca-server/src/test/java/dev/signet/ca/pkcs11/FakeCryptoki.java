package dev.signet.ca.pkcs11;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// One token with one key, whose `sign` does what it is told.
final class FakeCryptoki implements Cryptoki {

    static final String LABEL = "fake";

    volatile boolean present = true;
    volatile long signResult;
    volatile long loginResult;
    volatile CountDownLatch hang = new CountDownLatch(0);
    volatile boolean initialized;
    final AtomicInteger logins = new AtomicInteger();
    final AtomicInteger signatures = new AtomicInteger();
    final AtomicInteger signing = new AtomicInteger();
    final AtomicInteger mostSigning = new AtomicInteger();
    final AtomicInteger finalized = new AtomicInteger();
    private final AtomicLong sessions = new AtomicLong();
    private volatile long lostUpTo;

    /// Every session that there is now is invalid from now on.
    void loseSessions() {
        lostUpTo = sessions.get();
    }

    private void requireSession(long session) {
        if (!initialized) {
            throw new CryptokiException("C_Any", CryptokiException.CRYPTOKI_NOT_INITIALIZED);
        }
        if (session <= lostUpTo) {
            throw new CryptokiException("C_Any", 0xB3);
        }
        if (!present) {
            throw new CryptokiException("C_Any", 0xE0);
        }
    }

    @Override
    public boolean initialize() {
        boolean first = !initialized;
        initialized = true;
        return first;
    }

    @Override
    public void finalizeLibrary() {
        finalized.incrementAndGet();
        initialized = false;
        loseSessions();
    }

    @Override
    public long[] slots() {
        return present ? new long[] {7} : new long[0];
    }

    @Override
    public TokenInfo tokenInfo(long slot) {
        if (!present) {
            throw new CryptokiException("C_GetTokenInfo", 0xE0);
        }
        return new TokenInfo(LABEL, "test", "test", "1");
    }

    @Override
    public long openSession(long slot) {
        return sessions.incrementAndGet();
    }

    @Override
    public void closeSession(long session) {
        // As if it were closed.
    }

    @Override
    public void login(long session, byte[] pin) {
        logins.incrementAndGet();
        if (loginResult != 0) {
            throw new CryptokiException("C_Login", loginResult);
        }
    }

    @Override
    public void destroyObject(long session, long object) {
        requireSession(session);
    }

    @Override
    public byte[] attribute(long session, long object, long type) {
        requireSession(session);
        return new byte[] {0};
    }

    @Override
    public long[] find(long session, List<Attribute> wanted) {
        requireSession(session);
        return new long[] {1};
    }

    @Override
    public byte[] sign(long session, long key, long mechanism, byte[] data, int longest) {
        requireSession(session);
        mostSigning.accumulateAndGet(signing.incrementAndGet(), Math::max);
        try {
            hang.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            signing.decrementAndGet();
        }
        if (signResult != 0) {
            throw new CryptokiException("C_Sign", signResult);
        }
        signatures.incrementAndGet();
        return new byte[64];
    }

    @Override
    public long[] generateKeyPair(
            long session,
            long mechanism,
            List<Attribute> publicTemplate,
            List<Attribute> privateTemplate) {
        requireSession(session);
        return new long[] {2, 1};
    }
}
