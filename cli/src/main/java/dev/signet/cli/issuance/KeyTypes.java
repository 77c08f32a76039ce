package dev.signet.cli.issuance;

import dev.signet.client.KeyType;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Locale;

/// `rsa-2048` for `RSA_2048`.
final class KeyTypes implements ITypeConverter<KeyType> {

    @Override
    public KeyType convert(String text) {
        try {
            return KeyType.valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(
                    "'"
                            + text
                            + "' is no type of key (expected: p256, p384, ed25519, rsa-2048,"
                            + " rsa-3072 or rsa-4096)");
        }
    }

    /// The type of a key; null: none that is made here.
    static @Nullable KeyType of(PublicKey key) {
        return switch (key) {
            case ECPublicKey ec ->
                    switch (ec.getParams().getCurve().getField().getFieldSize()) {
                        case 256 -> KeyType.P256;
                        case 384 -> KeyType.P384;
                        default -> null;
                    };
            case RSAPublicKey rsa ->
                    switch (rsa.getModulus().bitLength()) {
                        case 2048 -> KeyType.RSA_2048;
                        case 3072 -> KeyType.RSA_3072;
                        case 4096 -> KeyType.RSA_4096;
                        default -> null;
                    };
            case PublicKey other ->
                    other.getAlgorithm().equals("EdDSA") || other.getAlgorithm().equals("Ed25519")
                            ? KeyType.ED25519
                            : null;
        };
    }
}
