package dev.signet.ca.certificate;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Purposes that a certificate may be for (RFC 5280 4.2.1.12). The signing of OCSP responses is
/// none of them: it would make the holder a responder for all that its issuer issued.
public enum ExtendedKeyUsage {
    SERVER_AUTH("1.3.6.1.5.5.7.3.1"),
    CLIENT_AUTH("1.3.6.1.5.5.7.3.2"),
    CODE_SIGNING("1.3.6.1.5.5.7.3.3"),
    EMAIL_PROTECTION("1.3.6.1.5.5.7.3.4"),
    IPSEC_END_SYSTEM("1.3.6.1.5.5.7.3.5"),
    IPSEC_TUNNEL("1.3.6.1.5.5.7.3.6"),
    IPSEC_USER("1.3.6.1.5.5.7.3.7"),
    TIME_STAMPING("1.3.6.1.5.5.7.3.8"),
    ANY("2.5.29.37.0"),
    MS_SGC("1.3.6.1.4.1.311.10.3.3"),
    NS_SGC("2.16.840.1.113730.4.1");

    private static final Map<String, ExtendedKeyUsage> BY_OID =
            Arrays.stream(values())
                    .collect(
                            Collectors.toUnmodifiableMap(
                                    ExtendedKeyUsage::oid, Function.identity()));

    private final String oid;

    ExtendedKeyUsage(String oid) {
        this.oid = oid;
    }

    /// @param oid in dotted decimal
    /// @return empty for a purpose that no certificate of ours may be for
    public static Optional<ExtendedKeyUsage> of(String oid) {
        return Optional.ofNullable(BY_OID.get(oid));
    }

    /// Dotted decimal.
    public String oid() {
        return oid;
    }
}
