package dev.signet.benchmarks;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/// Where callers take the token of their next call from. Thread-safe.
interface TokenSupply {

    Token next();

    /// How many tokens were minted while the load ran, because those made before did not suffice.
    long mintedDuringRun();

    /// A fixed number of tokens, each used again and again within its life, as clients do that hold
    /// a projected token for its hour.
    static TokenSupply repeated(TokenIssuer issuer, int count, InstantSource clock) {
        return new Repeated(mint(issuer, count, clock));
    }

    /// A token of its own for every call. `count` are minted now; should more be asked for, each is
    /// minted as it is needed, at the generator's expense.
    static TokenSupply fresh(TokenIssuer issuer, int count, InstantSource clock) {
        return new Fresh(issuer, mint(issuer, count, clock), clock);
    }

    private static Token[] mint(TokenIssuer issuer, int count, InstantSource clock) {
        return LongStream.range(0, count)
                .parallel()
                .mapToObj(number ->
                        issuer.mint((int) (number % Workloads.COUNT), number, clock.instant()))
                .toArray(Token[]::new);
    }

    /// See [#repeated].
    final class Repeated implements TokenSupply {
        private final Token[] tokens;
        private final AtomicLong position = new AtomicLong();

        private Repeated(Token[] tokens) {
            this.tokens = tokens;
        }

        @Override
        public Token next() {
            return tokens[(int) (position.getAndIncrement() % tokens.length)];
        }

        @Override
        public long mintedDuringRun() {
            return 0;
        }
    }

    /// See [#fresh].
    final class Fresh implements TokenSupply {
        private final TokenIssuer issuer;
        private final Token[] tokens;
        private final InstantSource clock;
        private final AtomicLong position = new AtomicLong();

        private Fresh(TokenIssuer issuer, Token[] tokens, InstantSource clock) {
            this.issuer = issuer;
            this.tokens = tokens;
            this.clock = clock;
        }

        @Override
        public Token next() {
            long number = position.getAndIncrement();
            if (number < tokens.length) {
                return tokens[(int) number];
            }
            return issuer.mint((int) (number % Workloads.COUNT), number, clock.instant());
        }

        @Override
        public long mintedDuringRun() {
            return Math.max(0, position.get() - tokens.length);
        }
    }
}
