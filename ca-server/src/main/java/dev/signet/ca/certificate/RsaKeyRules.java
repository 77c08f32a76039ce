package dev.signet.ca.certificate;

import java.math.BigInteger;

/// Which RSA public keys are refused although they are well-formed. Each check is bounded: all of
/// them together cost about as much as one signature verification with the largest key.
final class RsaKeyRules {

    private static final int MIN_BITS = 2048;
    private static final int MAX_BITS = 4096;

    private static final BigInteger MIN_EXPONENT = BigInteger.valueOf(65_537);

    /// What BoringSSL, hence Envoy and Chrome, verifies with; a key with a larger one is of no use.
    private static final int MAX_EXPONENT_BITS = 33;

    /// Rounds of Fermat's method: finds factors whose difference is below about 2^(bits/4 + 8), far
    /// more than any sound generator leaves (CVE-2022-26320).
    private static final int FERMAT_ROUNDS = 100;

    /// Primes below 752, which no modulus may have as a factor.
    private static final BigInteger SMALL_PRIMES_PRODUCT = productOfPrimes(2, 751);

    private static final int ROCA_LEAST_PRIME = 3;
    private static final int ROCA_GREATEST_PRIME = 167;
    private static final BigInteger ROCA_PRODUCT =
            productOfPrimes(ROCA_LEAST_PRIME, ROCA_GREATEST_PRIME);

    private RsaKeyRules() {}

    /// @throws UnacceptableRequestException KEY_NOT_ACCEPTED
    static void check(BigInteger modulus, BigInteger exponent) {
        int bits = modulus.bitLength();
        if (bits < MIN_BITS || bits > MAX_BITS || bits % 8 != 0) {
            throw UnacceptableRequestException.key(
                    "RSA modulus has " + bits + " bits (expected: 2048 to 4096, a multiple of 8)");
        }
        if (exponent.compareTo(MIN_EXPONENT) < 0
                || !exponent.testBit(0)
                || exponent.bitLength() > MAX_EXPONENT_BITS) {
            throw UnacceptableRequestException.key(
                    "RSA public exponent is not accepted (expected: odd, 65537 to 2^33)");
        }
        if (!modulus.mod(SMALL_PRIMES_PRODUCT).gcd(SMALL_PRIMES_PRODUCT).equals(BigInteger.ONE)) {
            throw UnacceptableRequestException.key(
                    "RSA modulus has a small factor; make a new key");
        }
        if (hasRocaFingerprint(modulus)) {
            throw UnacceptableRequestException.key(
                    "RSA key is of the weak kind of CVE-2017-15361 (ROCA); make the key with other"
                            + " hardware or software");
        }
        if (hasCloseFactors(modulus)) {
            throw UnacceptableRequestException.key(
                    "RSA modulus has factors close to each other (CVE-2022-26320); make a new key"
                            + " with other software");
        }
    }

    /// Keys of the affected Infineon library are, modulo each small prime, a power of 65537; of
    /// other keys one in about 2^27 is.
    private static boolean hasRocaFingerprint(BigInteger modulus) {
        BigInteger residue = modulus.mod(ROCA_PRODUCT);
        for (int prime = ROCA_LEAST_PRIME; prime <= ROCA_GREATEST_PRIME; prime += 2) {
            if (isPrime(prime)
                    && !isPowerOf65537(residue.mod(BigInteger.valueOf(prime)).intValue(), prime)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPowerOf65537(int residue, int prime) {
        int generator = 65_537 % prime;
        int power = 1;
        do {
            if (power == residue) {
                return true;
            }
            power = power * generator % prime;
        } while (power != 1);
        return false;
    }

    /// Fermat: n = a^2 - b^2 with a just above the root of n.
    private static boolean hasCloseFactors(BigInteger modulus) {
        BigInteger[] root = modulus.sqrtAndRemainder();
        if (root[1].signum() == 0) {
            return true;
        }
        BigInteger a = root[0].add(BigInteger.ONE);
        BigInteger square = a.multiply(a).subtract(modulus);
        BigInteger step = a.shiftLeft(1).add(BigInteger.ONE);
        for (int round = 0; round < FERMAT_ROUNDS; round++) {
            if (isSquare(square)) {
                return true;
            }
            square = square.add(step);
            step = step.add(BigInteger.TWO);
        }
        return false;
    }

    private static boolean isSquare(BigInteger value) {
        // Squares leave few residues modulo 64, 63, 65 and 11: hardly any other value gets past.
        int low = value.intValue() & 63;
        if (!isResidue(low, 64)) {
            return false;
        }
        int rest = value.mod(BigInteger.valueOf(63 * 65 * 11)).intValue();
        return isResidue(rest % 63, 63)
                && isResidue(rest % 65, 65)
                && isResidue(rest % 11, 11)
                && value.sqrtAndRemainder()[1].signum() == 0;
    }

    private static boolean isResidue(int value, int modulus) {
        for (int i = 0; i <= modulus / 2; i++) {
            if (i * i % modulus == value) {
                return true;
            }
        }
        return false;
    }

    private static BigInteger productOfPrimes(int least, int greatest) {
        BigInteger product = BigInteger.ONE;
        for (int candidate = least; candidate <= greatest; candidate++) {
            if (isPrime(candidate)) {
                product = product.multiply(BigInteger.valueOf(candidate));
            }
        }
        return product;
    }

    private static boolean isPrime(int candidate) {
        for (int divisor = 2; divisor * divisor <= candidate; divisor++) {
            if (candidate % divisor == 0) {
                return false;
            }
        }
        return candidate > 1;
    }
}
