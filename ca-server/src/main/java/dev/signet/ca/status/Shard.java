package dev.signet.ca.status;

import dev.signet.ca.certificate.SerialNumber;

/// A part of an authority's certificates that has a CRL of its own. Serial numbers are random after
/// their expiry period, so shards of the same number of bits are of about the same size.
///
/// @param authorityId 64 hexadecimal digits
/// @param id 0: all, in the full CRL, which no certificate need name; 1: all; 2 n and 2 n + 1: the
///   halves of n, by the next bit; below 2^13
record Shard(String authorityId, int id) {

    private static final int FULL = 0;

    static final int MAX_BITS = 12;

    private static final int FIRST_RANDOM_OCTET = 4;

    Shard {
        if (id < 0 || id >= 2 << MAX_BITS) {
            throw new IllegalArgumentException("shard " + id + " (expected: 0 to 8191)");
        }
    }

    /// All certificates, in a CRL without an issuing distribution point: for software that takes
    /// CRLs from files and has certificates before it that name no CRL, or another one.
    static Shard full(String authorityId) {
        return new Shard(authorityId, FULL);
    }

    boolean isFull() {
        return id == FULL;
    }

    /// The shard of that many bits which a certificate is in.
    static Shard of(String authorityId, SerialNumber serialNumber, int bits) {
        return new Shard(authorityId, id(serialNumber, bits));
    }

    static int id(SerialNumber serialNumber, int bits) {
        byte[] octets = serialNumber.octets();
        int random =
                ((octets[FIRST_RANDOM_OCTET] & 0xff) << 8)
                        | (octets[FIRST_RANDOM_OCTET + 1] & 0xff);
        return (1 << bits) | (random >>> (16 - bits));
    }

    int bits() {
        return isFull() ? 0 : 31 - Integer.numberOfLeadingZeros(id);
    }

    /// What its URLs end with.
    String path() {
        return "/crl/" + authorityId + "/" + (isFull() ? "full" : id) + ".crl";
    }
}
