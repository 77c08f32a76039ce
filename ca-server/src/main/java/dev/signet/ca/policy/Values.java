package dev.signet.ca.policy;

import dev.signet.ca.certificate.CertificateProfile.Identity;
import dev.signet.ca.certificate.CertificateProfile.Revocation;
import dev.signet.ca.certificate.ExtendedKeyUsage;
import dev.signet.ca.certificate.KeyUsage;
import dev.signet.ca.certificate.PublicKeyType;
import dev.signet.ca.certificate.SubjectName;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads what is text in YAML as what it means, and says where it means nothing.
final class Values {

    static final Map<String, PublicKeyType> KEY_TYPES = byName(PublicKeyType.values());
    static final Map<String, KeyUsage> KEY_USAGES =
            ordered(
                    Map.entry("digitalSignature", KeyUsage.DIGITAL_SIGNATURE),
                    Map.entry("contentCommitment", KeyUsage.CONTENT_COMMITMENT),
                    Map.entry("keyEncipherment", KeyUsage.KEY_ENCIPHERMENT),
                    Map.entry("dataEncipherment", KeyUsage.DATA_ENCIPHERMENT),
                    Map.entry("keyAgreement", KeyUsage.KEY_AGREEMENT),
                    Map.entry("keyCertSign", KeyUsage.KEY_CERT_SIGN),
                    Map.entry("cRLSign", KeyUsage.CRL_SIGN),
                    Map.entry("encipherOnly", KeyUsage.ENCIPHER_ONLY),
                    Map.entry("decipherOnly", KeyUsage.DECIPHER_ONLY));
    static final Map<String, ExtendedKeyUsage> EXTENDED_KEY_USAGES =
            ordered(
                    Map.entry("serverAuth", ExtendedKeyUsage.SERVER_AUTH),
                    Map.entry("clientAuth", ExtendedKeyUsage.CLIENT_AUTH),
                    Map.entry("codeSigning", ExtendedKeyUsage.CODE_SIGNING),
                    Map.entry("emailProtection", ExtendedKeyUsage.EMAIL_PROTECTION),
                    Map.entry("any", ExtendedKeyUsage.ANY),
                    Map.entry("ipsecEndSystem", ExtendedKeyUsage.IPSEC_END_SYSTEM),
                    Map.entry("ipsecTunnel", ExtendedKeyUsage.IPSEC_TUNNEL),
                    Map.entry("ipsecUser", ExtendedKeyUsage.IPSEC_USER),
                    Map.entry("timeStamping", ExtendedKeyUsage.TIME_STAMPING),
                    Map.entry("msSgc", ExtendedKeyUsage.MS_SGC),
                    Map.entry("nsSgc", ExtendedKeyUsage.NS_SGC));
    static final Map<String, Identity> IDENTITIES =
            ordered(
                    Map.entry(Identity.WRITTEN.text(), Identity.WRITTEN),
                    Map.entry(Identity.RECORDED.text(), Identity.RECORDED));
    static final Map<String, Boolean> BOOLEANS =
            ordered(Map.entry("true", true), Map.entry("false", false));
    static final Map<String, Boolean> REQUESTED = Map.of("requested", true);
    static final Map<String, Revocation> REVOCATIONS =
            ordered(
                    Map.entry(Revocation.SHORT_LIVED.text(), Revocation.SHORT_LIVED),
                    Map.entry(Revocation.PUBLISHED.text(), Revocation.PUBLISHED),
                    Map.entry(Revocation.BY_LIFETIME.text(), Revocation.BY_LIFETIME));
    static final Map<String, SubjectName.Type> SUBJECT_TYPES = subjectTypes();
    static final Map<String, RateLimit.Per> PER = per();

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})([smhd])");
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");

    private final Findings findings;

    Values(Findings findings) {
        this.findings = findings;
    }

    /// @param otherwise where the author wrote nothing, or nothing usable
    Duration duration(@Nullable Scalar text, Duration otherwise) {
        if (text == null) {
            return otherwise;
        }
        Matcher duration = DURATION.matcher(text.value());
        if (!duration.matches()) {
            findings.error(text.at(), "Not a duration (expected: a number and s, m, h or d: 90m)");
            return otherwise;
        }
        long count = Long.parseLong(duration.group(1));
        return switch (duration.group(2).charAt(0)) {
            case 's' -> Duration.ofSeconds(count);
            case 'm' -> Duration.ofMinutes(count);
            case 'h' -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    /// As documents write them, sorted.
    static List<String> keyUsages(Set<KeyUsage> usages) {
        return KEY_USAGES.entrySet().stream()
                .filter(entry -> usages.contains(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /// As documents write it; one that they do not know as it is.
    static String extendedKeyUsage(String oid) {
        return ExtendedKeyUsage.of(oid).map(Values::extendedKeyUsage).orElse(oid);
    }

    static String extendedKeyUsage(ExtendedKeyUsage usage) {
        return EXTENDED_KEY_USAGES.entrySet().stream()
                .filter(entry -> entry.getValue() == usage)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    boolean truth(@Nullable Scalar text, String what) {
        Boolean truth = text == null ? null : choice(text, "value of " + what, BOOLEANS);
        return Boolean.TRUE.equals(truth);
    }

    /// Whether it says `requested`, the only thing that it can say.
    boolean requested(@Nullable Scalar text, String what) {
        return text != null && choice(text, "value of " + what, REQUESTED) != null;
    }

    int number(@Nullable Scalar text, int otherwise) {
        if (text == null) {
            return otherwise;
        }
        if (!text.value().matches("[0-9]{1,9}")) {
            findings.error(text.at(), "Not a whole number");
            return otherwise;
        }
        return Integer.parseInt(text.value());
    }

    /// @return null when it is none of them, which is said
    <T> @Nullable T choice(Scalar text, String what, Map<String, T> choices) {
        T choice = choices.get(text.value());
        if (choice == null) {
            findings.error(
                    text.at(),
                    "There is no "
                            + what
                            + " "
                            + Texts.quoted(text.value())
                            + NearestName.hint(text.value(), choices.keySet()));
        }
        return choice;
    }

    <T> List<T> choices(List<Scalar> texts, String what, Map<String, T> choices) {
        List<T> chosen = new ArrayList<>();
        for (Scalar text : texts) {
            T choice = choice(text, what, choices);
            if (choice != null && chosen.contains(choice)) {
                findings.error(text.at(), text + " is there twice");
            } else if (choice != null) {
                chosen.add(choice);
            }
        }
        return chosen;
    }

    void requireName(String what, Scalar name) {
        if (!NAME.matcher(name.value()).matches()) {
            findings.error(
                    name.at(),
                    "The name of a "
                            + what
                            + " is not 1 to 63 lower-case letters, digits and hyphens that begin with"
                            + " a letter");
        }
    }

    private static <T extends Enum<T>> Map<String, T> byName(T[] values) {
        Map<String, T> map = new LinkedHashMap<>();
        for (T value : values) {
            map.put(value.name(), value);
        }
        return map;
    }

    private static Map<String, SubjectName.Type> subjectTypes() {
        Map<String, SubjectName.Type> map = new LinkedHashMap<>();
        for (SubjectName.Type type : SubjectName.Type.values()) {
            map.put(type.keyword(), type);
        }
        return map;
    }

    private static Map<String, RateLimit.Per> per() {
        Map<String, RateLimit.Per> map = new LinkedHashMap<>();
        for (RateLimit.Per per : RateLimit.Per.values()) {
            map.put(per.name().toLowerCase(Locale.ROOT), per);
        }
        return map;
    }

    @SafeVarargs
    private static <T> Map<String, T> ordered(Map.Entry<String, T>... entries) {
        Map<String, T> map = new LinkedHashMap<>();
        for (Map.Entry<String, T> entry : entries) {
            map.put(entry.getKey(), entry.getValue());
        }
        return map;
    }
}
