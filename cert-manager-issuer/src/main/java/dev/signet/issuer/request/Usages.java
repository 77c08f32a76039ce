package dev.signet.issuer.request;

import dev.signet.client.SubjectRequest.KeyUsage;
import dev.signet.issuer.request.CertificationRequest.KeyKind;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Usages by the names that cert-manager and Kubernetes give them. Immutable.
///
/// @param keyUsages bits of keyUsage
/// @param extendedKeyUsages object identifiers of extKeyUsage, in the order asked for
public record Usages(Set<KeyUsage> keyUsages, List<String> extendedKeyUsages) {

    private static final int MAX_USAGES = 64;

    public Usages {
        keyUsages = Set.copyOf(keyUsages);
        extendedKeyUsages = List.copyOf(extendedKeyUsages);
    }

    /// Reads a list of names.
    ///
    /// @param names none: digital signature and key encipherment
    /// @param certificateAuthority adds cert sign
    public static Usages of(List<String> names, boolean certificateAuthority)
            throws MalformedRequestException {
        if (names.size() > MAX_USAGES) {
            throw new MalformedRequestException(
                    "usages has " + names.size() + " entries (expected: <= " + MAX_USAGES + ")");
        }
        Set<KeyUsage> bits = EnumSet.noneOf(KeyUsage.class);
        List<String> extended = new ArrayList<>();
        for (String name : names.isEmpty() ? DEFAULTS : names) {
            switch (name) {
                case "signing", "digital signature" -> bits.add(KeyUsage.DIGITAL_SIGNATURE);
                case "content commitment" -> bits.add(KeyUsage.CONTENT_COMMITMENT);
                case "key encipherment" -> bits.add(KeyUsage.KEY_ENCIPHERMENT);
                case "key agreement" -> bits.add(KeyUsage.KEY_AGREEMENT);
                case "data encipherment" -> bits.add(KeyUsage.DATA_ENCIPHERMENT);
                case "cert sign" -> bits.add(KeyUsage.KEY_CERT_SIGN);
                case "crl sign" -> bits.add(KeyUsage.CRL_SIGN);
                case "encipher only" -> bits.add(KeyUsage.ENCIPHER_ONLY);
                case "decipher only" -> bits.add(KeyUsage.DECIPHER_ONLY);
                default -> {
                    String purpose = purpose(name);
                    if (!extended.contains(purpose)) {
                        extended.add(purpose);
                    }
                }
            }
        }
        if (certificateAuthority) {
            bits.add(KeyUsage.KEY_CERT_SIGN);
        }
        return new Usages(bits, extended);
    }

    private static final List<String> DEFAULTS = List.of("digital signature", "key encipherment");

    private static String purpose(String name) throws MalformedRequestException {
        return switch (name) {
            case "any" -> "2.5.29.37.0";
            case "server auth" -> "1.3.6.1.5.5.7.3.1";
            case "client auth" -> "1.3.6.1.5.5.7.3.2";
            case "code signing" -> "1.3.6.1.5.5.7.3.3";
            case "email protection", "s/mime" -> "1.3.6.1.5.5.7.3.4";
            case "ipsec end system" -> "1.3.6.1.5.5.7.3.5";
            case "ipsec tunnel" -> "1.3.6.1.5.5.7.3.6";
            case "ipsec user" -> "1.3.6.1.5.5.7.3.7";
            case "timestamping" -> "1.3.6.1.5.5.7.3.8";
            case "ocsp signing" -> "1.3.6.1.5.5.7.3.9";
            case "microsoft sgc" -> "1.3.6.1.4.1.311.10.3.3";
            case "netscape sgc" -> "2.16.840.1.113730.4.1";
            default -> throw new MalformedRequestException("usages has an entry that is unknown");
        };
    }

    /// Those of the bits that a key of this kind can have: an EC key enciphers nothing, an Ed25519
    /// key only signs. What the names ask for beyond it cannot be put into a certificate.
    ///
    /// @rfc 8813 3
    /// @rfc 8410 5
    public Set<KeyUsage> possibleFor(KeyKind kind) {
        Set<KeyUsage> possible = EnumSet.noneOf(KeyUsage.class);
        for (KeyUsage usage : keyUsages) {
            if (isPossible(usage, kind)) {
                possible.add(usage);
            }
        }
        return possible;
    }

    private static boolean isPossible(KeyUsage usage, KeyKind kind) {
        return switch (usage) {
            case DIGITAL_SIGNATURE, CONTENT_COMMITMENT, KEY_CERT_SIGN, CRL_SIGN -> true;
            case KEY_ENCIPHERMENT, DATA_ENCIPHERMENT ->
                    kind != KeyKind.EC && kind != KeyKind.ED25519;
            case KEY_AGREEMENT, ENCIPHER_ONLY, DECIPHER_ONLY -> kind != KeyKind.ED25519;
        };
    }
}
