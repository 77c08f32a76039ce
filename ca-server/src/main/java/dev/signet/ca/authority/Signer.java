package dev.signet.ca.authority;

import dev.signet.ca.certificate.SignatureAlgorithm;

import java.util.Optional;

/// Signs with one CA key. Thread-safe. The key never leaves the implementation.
public interface Signer {

    SignatureAlgorithm algorithm();

    /// The signature over the octets, in the algorithm's X.509 form (RFC 3279 DER for ECDSA).
    ///
    /// @throws SigningException when there is no signature; nothing was signed that anyone can get
    byte[] sign(byte[] toBeSigned);

    /// Whether a signature may wait for something other than this CPU: then it is not asked for on
    /// an event loop.
    boolean mayBlock();

    /// Why it cannot sign now, as far as is known without trying: for the operator; empty: it can.
    /// Never blocks.
    Optional<String> impediment();
}
