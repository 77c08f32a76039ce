package dev.signet.ca.pkcs11;

import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.pkcs11.TokenSession.TokenNotFoundException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// A token and this process's sessions with it: at most as many as the settings say, each with a
/// thread of its own, because a call into the library cannot be interrupted. Nobody waits longer
/// than the time-out. A session that was lost is replaced; while the token is away every request is
/// refused at once, and the token is looked for every second. Thread-safe.
public final class Pkcs11Token implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Pkcs11Token.class);

    private static final Duration LOOK_WHEN_AWAY = Duration.ofSeconds(1);
    private static final Duration LOOK_WHEN_QUIET = Duration.ofSeconds(5);

    /// A token may take long for the primes of an RSA key.
    private static final Duration GENERATION = Duration.ofMinutes(2);

    /// Requests that wait, for each session; more would not be served within any time-out.
    private static final int WAITING_PER_SESSION = 256;

    private static final int ID_LENGTH = 16;

    private final Pkcs11Settings settings;
    private final CryptoProvider crypto;
    private final Cryptoki cryptoki;
    private final TokenPin pin;
    private final ThreadPoolExecutor workers;
    private final ScheduledExecutorService prober;

    /// Of the workers of this token, which are as many as its sessions.
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable TokenSession> sessions = new ThreadLocal<>();

    private final Set<TokenKeyReference> missing = ConcurrentHashMap.newKeySet();

    /// Read: a call into the library. Write: C_Finalize, which no other call may run beside.
    private final ReadWriteLock library = new ReentrantReadWriteLock();

    private final AtomicLong epoch = new AtomicLong();

    private volatile @Nullable String impediment = "has not been asked yet";
    private volatile boolean libraryLost;
    private volatile long lastAnswerNanos = System.nanoTime();

    private Pkcs11Token(
            Pkcs11Settings settings, CryptoProvider crypto, Cryptoki cryptoki, TokenPin pin) {
        this.settings = settings;
        this.crypto = crypto;
        this.cryptoki = cryptoki;
        this.pin = pin;
        this.workers =
                new ThreadPoolExecutor(
                        settings.sessions(),
                        settings.sessions(),
                        1,
                        TimeUnit.MINUTES,
                        new ArrayBlockingQueue<>(settings.sessions() * WAITING_PER_SESSION),
                        Thread.ofPlatform().daemon().name("signet-pkcs11-", 0).factory());
        this.prober =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("signet-pkcs11-probe").factory());
    }

    /// Loads the library and looks for the token. That the token is away is no error.
    ///
    /// @param environment looks up an environment variable; gives null for one that is not set
    /// @throws IllegalArgumentException when the library cannot be loaded
    public static Pkcs11Token open(
            Pkcs11Settings settings,
            CryptoProvider crypto,
            UnaryOperator<@Nullable String> environment) {
        if (settings.library() == null) {
            throw new IllegalArgumentException("signet.authority.pkcs11.library is not set");
        }
        return open(settings, crypto, environment, new NativeCryptoki(settings.library()));
    }

    static Pkcs11Token open(
            Pkcs11Settings settings,
            CryptoProvider crypto,
            UnaryOperator<@Nullable String> environment,
            Cryptoki cryptoki) {
        Pkcs11Token token =
                new Pkcs11Token(
                        settings,
                        crypto,
                        cryptoki,
                        new TokenPin(settings, environment, crypto::sha256));
        token.look();
        if (token.libraryLost) {
            // Something else in this process may have started the library before the token was
            // there.
            token.beginAnew();
            token.look();
        }
        long pause = LOOK_WHEN_AWAY.toMillis();
        // It never throws, so there is nothing to ask the future.
        var _ =
                token.prober.scheduleWithFixedDelay(
                        token::probe, pause, pause, TimeUnit.MILLISECONDS);
        return token;
    }

    /// Why the token cannot be used now, as far as is known without asking it; empty: it can.
    public Optional<String> impediment() {
        String text = impediment;
        return text == null ? Optional.empty() : Optional.of(settings.place() + " " + text);
    }

    /// The same for one of its keys.
    public Optional<String> impediment(TokenKeyReference reference) {
        return missing.contains(reference) ? Optional.of(doesNotHave(reference)) : impediment();
    }

    private String doesNotHave(TokenKeyReference reference) {
        return settings.place() + " does not have the key " + reference;
    }

    /// Makes a key pair that stays in the token for good and cannot leave it. Blocks for up to two
    /// minutes.
    ///
    /// @param name what people see in the token
    /// @throws TokenException when there is none
    public TokenKey generate(TokenKeySpec spec, String name) {
        byte[] id = new byte[ID_LENGTH];
        crypto.secureRandom().nextBytes(id);
        return run(GENERATION, session -> session.generate(spec, id, name));
    }

    /// Removes a key pair for good. None is no error.
    ///
    /// @throws TokenException when the token did not answer
    public void destroy(TokenKeyReference reference) {
        run(
                settings.timeout(),
                session -> {
                    session.destroy(reference);
                    return true;
                });
    }

    /// Blocks for up to the time-out.
    ///
    /// @throws TokenException when there is no signature
    public byte[] sign(TokenKeyReference reference, TokenSignature signature, byte[] data) {
        Optional<String> known = impediment(reference);
        if (known.isPresent()) {
            throw new TokenException(known.get(), null);
        }
        Optional<byte[]> signed =
                run(settings.timeout(), session -> session.sign(reference, signature, data));
        if (signed.isEmpty()) {
            missing.add(reference);
            throw new TokenException(doesNotHave(reference), null);
        }
        return signed.get();
    }

    private <T> T run(Duration limit, Function<TokenSession, T> work) {
        AtomicBoolean begun = new AtomicBoolean();
        FutureTask<T> task =
                new FutureTask<>(() -> {
                    begun.set(true);
                    return attempt(work);
                });
        try {
            workers.execute(task);
        } catch (RejectedExecutionException e) {
            throw new TokenException(settings.place() + " is busy: too many wait for it", e);
        }
        try {
            T result = task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            answered();
            return result;
        } catch (TimeoutException e) {
            task.cancel(false);
            if (!begun.get()) {
                throw new TokenException(
                        settings.place() + " is busy: no session was free within " + limit, e);
            }
            throw away("did not answer within " + limit, e);
        } catch (ExecutionException e) {
            throw failed(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            task.cancel(false);
            Thread.currentThread().interrupt();
            throw new TokenException(settings.place() + " was no longer waited for", e);
        }
    }

    private TokenException failed(Throwable cause) {
        libraryLost =
                cause instanceof TokenNotFoundException
                        || (cause instanceof CryptokiException e && !e.refusedPin());
        return switch (cause) {
            case TokenNotFoundException e -> away("cannot be used: " + e.getMessage(), e);
            case CryptokiException e -> away("cannot be used: " + e.getMessage(), e);
            case TokenException e -> away("cannot be used: " + e.getMessage(), e);
            default -> away("cannot be used: " + cause, cause);
        };
    }

    /// A session may have died since its last use without the token being away: one more attempt
    /// with a new one. A key that was made twice by that is one nobody knows of.
    private <T> T attempt(Function<TokenSession, T> work) {
        library.readLock().lock();
        try {
            TokenSession session = sessions.get();
            if (session != null && session.epoch() == epoch.get()) {
                try {
                    return work.apply(session);
                } catch (CryptokiException | TokenNotFoundException e) {
                    log.debug("Session with {} lost", settings.place(), e);
                }
            }
            if (session != null) {
                session.close();
                sessions.remove();
            }
            TokenSession fresh = TokenSession.open(cryptoki, crypto, settings, pin, epoch.get());
            sessions.set(fresh);
            return work.apply(fresh);
        } finally {
            library.readLock().unlock();
        }
    }

    private void answered() {
        lastAnswerNanos = System.nanoTime();
        libraryLost = false;
        if (impediment != null) {
            impediment = null;
            log.info("{} can be used", settings.place());
        }
    }

    private TokenException away(String text, Throwable cause) {
        if (!text.equals(impediment)) {
            impediment = text;
            log.warn("{} {}", settings.place(), text);
        }
        return new TokenException(settings.place() + " " + text, cause);
    }

    private void probe() {
        try {
            boolean quiet = System.nanoTime() - lastAnswerNanos >= LOOK_WHEN_QUIET.toNanos();
            if (impediment != null || !missing.isEmpty() || quiet) {
                if (libraryLost) {
                    beginAnew();
                }
                look();
            }
        } catch (RuntimeException e) {
            log.warn("Looking for {} failed", settings.place(), e);
        }
    }

    /// Some libraries find a token that came back only after they were started anew.
    private void beginAnew() {
        try {
            if (!library.writeLock().tryLock(LOOK_WHEN_AWAY.toMillis(), TimeUnit.MILLISECONDS)) {
                return; // a call hangs in the library
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return;
        }
        try {
            epoch.incrementAndGet();
            cryptoki.finalizeLibrary();
        } catch (CryptokiException e) {
            log.debug("C_Finalize", e);
        } finally {
            library.writeLock().unlock();
        }
    }

    private void look() {
        try {
            run(
                    settings.timeout(),
                    session -> {
                        session.check();
                        missing.removeIf(session::has);
                        return true;
                    });
        } catch (TokenException _) {
            // It is on record as the impediment.
        }
    }

    /// Waits for nothing: a call that hangs in the library ends with the process.
    @Override
    public void close() {
        prober.shutdownNow();
        workers.shutdownNow();
    }

    @Override
    public String toString() {
        return "Pkcs11Token[" + settings.place() + "]";
    }
}
