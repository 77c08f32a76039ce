package dev.signet.ca.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERT61String;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.RFC4519Style;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

import javax.security.auth.x500.X500Principal;

class EncodedNameTest {

    private static final ASN1ObjectIdentifier CN = BCStyle.CN;

    private static byte[] name(ASN1Encodable... relative) {
        return der(new DERSequence(relative));
    }

    private static ASN1Encodable relative(ASN1Encodable... pairs) {
        return new DERSet(pairs);
    }

    private static ASN1Encodable pair(ASN1ObjectIdentifier type, ASN1Encodable value) {
        ASN1EncodableVector vector = new ASN1EncodableVector();
        vector.add(type);
        vector.add(value);
        return new DERSequence(vector);
    }

    private static byte[] utf8(ASN1ObjectIdentifier type, String text) {
        return name(relative(pair(type, new DERUTF8String(text))));
    }

    private static byte[] der(ASN1Encodable value) {
        try {
            return value.toASN1Primitive().getEncoded("DER");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void keepsEachOctetAndSaysItInRfc4514() {
        byte[] octets =
                name(
                        relative(pair(BCStyle.DC, new DERIA5String("example"))),
                        relative(pair(BCStyle.C, new DERPrintableString("DE"))),
                        relative(pair(BCStyle.O, new DERUTF8String("Bücher, Söhne"))),
                        relative(
                                pair(CN, new DERUTF8String("#a")),
                                pair(BCStyle.UID, new DERUTF8String("u "))),
                        relative(pair(new ASN1ObjectIdentifier("1.2.3"), new DERUTF8String("x"))));

        EncodedName read = EncodedName.of(octets);

        assertThat(read.der()).isEqualTo(octets);
        assertThat(read.text())
                .isEqualTo("1.2.3=#0c0178,CN=\\#a+UID=u\\ ,O=Bücher\\, Söhne,C=DE,DC=example");
        assertThat(read.commonName()).isEqualTo("#a");
        assertThat(new X500Name(RFC4519Style.INSTANCE, read.text()))
                .isEqualTo(X500Name.getInstance(octets));
        assertThat(read).isEqualTo(EncodedName.of(octets.clone())).hasToString(read.text());
    }

    @Test
    void theEmptyNameIsOne() {
        EncodedName empty = EncodedName.of(name());

        assertThat(empty.isEmpty()).isTrue();
        assertThat(empty.text()).isEmpty();
        assertThat(empty.commonName()).isEmpty();
        assertThat(empty.der()).isEqualTo(SubjectName.EMPTY.der());
    }

    @Test
    void severalCommonNamesAreNoneThatAPolicyCouldTakeForOne() {
        EncodedName two =
                EncodedName.of(
                        name(
                                relative(pair(CN, new DERUTF8String("a.example"))),
                                relative(pair(CN, new DERUTF8String("b.example")))));

        assertThat(two.commonName()).isEqualTo("a.example,b.example");
    }

    @Test
    void R13_refusesWhatIsNoNameOrNotOneThatEverybodyReadsAlike() {
        byte[] good = utf8(CN, "shop");
        List<byte[]> bad = new ArrayList<>();
        bad.add(new byte[0]);
        bad.add(new byte[EncodedName.MAX_LENGTH + 1]);
        bad.add(HexFormat.of().parseHex("3180"));
        bad.add(HexFormat.of().parseHex("30023100"));
        bad.add(HexFormat.of().parseHex("3081" + "0d" + HexFormat.of().formatHex(good, 2, 15)));
        bad.add(java.util.Arrays.copyOf(good, good.length + 1));
        bad.add(java.util.Arrays.copyOf(good, good.length - 1));
        for (String text :
                List.of("", "a\nb", "a\u0000", "\u202ea", "a\u200b", "\ue000", "x".repeat(65))) {
            bad.add(utf8(CN, text));
        }
        bad.add(utf8(BCStyle.O, "x".repeat(65)));
        bad.add(utf8(new ASN1ObjectIdentifier("1.2.3"), "x".repeat(257)));
        bad.add(utf8(BCStyle.C, "DE"));
        bad.add(name(relative(pair(BCStyle.C, new DERPrintableString("DEU")))));
        bad.add(name(relative(pair(CN, new DERBMPString("shop")))));
        bad.add(name(relative(pair(CN, new DERT61String("shop")))));
        bad.add(name(relative(pair(CN, new DERPrintableString("a@b")))));
        bad.add(name(relative(pair(CN, new DERIA5String("\u00e9", false)))));
        bad.add(name(relative(pair(CN, new DERSequence()))));
        bad.add(name(relative(pair(CN, new DERUTF8String("a"))), new DERSequence()));
        byte[] a = utf8(CN, "a");
        ASN1Encodable one = relative(pair(CN, new DERUTF8String("a")));
        bad.add(name(one, one));
        assertThat(EncodedName.of(a).text()).isEqualTo("CN=a");
        ASN1Encodable[] many = new ASN1Encodable[17];
        for (int i = 0; i < many.length; i++) {
            many[i] = relative(pair(BCStyle.OU, new DERUTF8String("unit " + i)));
        }
        bad.add(name(many));
        // Two attributes of one RDN, the greater first: BER, not DER.
        bad.add(
                HexFormat.of()
                        .parseHex("30163114" + "300806035504030c0162" + "300806035504030c0161"));
        bad.add(HexFormat.of().parseHex("300c310a3008060355040" + "30c01ff"));

        for (byte[] octets : bad) {
            assertThatThrownBy(() -> EncodedName.of(octets))
                    .as(HexFormat.of().formatHex(octets))
                    .isInstanceOf(IllegalArgumentException.class)
                    .satisfies(e -> assertThat(e.getMessage()).isPrintable());
        }
        assertThat(EncodedName.of(name(java.util.Arrays.copyOf(many, 16))))
                .returns(false, EncodedName::isEmpty);
    }

    /// `-Dfuzz.seconds=600` for more. What is taken, the JDK and BouncyCastle read as the same
    /// name.
    @Test
    void R12_eachInputIsRefusedOrReadAsOthersReadIt() throws Exception {
        long seed = Long.getLong("fuzz.seed", 20261123);
        Random random = new Random(seed);
        List<byte[]> corpus =
                List.of(
                        name(),
                        utf8(CN, "shop"),
                        utf8(new ASN1ObjectIdentifier("2.5.4.5"), "17"),
                        name(
                                relative(pair(BCStyle.DC, new DERIA5String("example"))),
                                relative(
                                        pair(CN, new DERUTF8String("é")),
                                        pair(BCStyle.O, new DERPrintableString("O")))));
        long end =
                System.nanoTime() + Duration.ofSeconds(Long.getLong("fuzz.seconds", 2)).toNanos();
        int taken = 0;
        while (System.nanoTime() < end) {
            byte[] input = mutant(corpus.get(random.nextInt(corpus.size())), random);
            EncodedName read;
            try {
                read = EncodedName.of(input);
            } catch (IllegalArgumentException _) {
                continue;
            } catch (RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + ": " + HexFormat.of().formatHex(input), e);
            }
            taken++;
            assertThat(read.der()).isEqualTo(input);
            assertThat(X500Name.getInstance(input).getEncoded("DER"))
                    .as(() -> HexFormat.of().formatHex(input))
                    .isEqualTo(input);
            assertThat(new X500Principal(input).getName()).isNotNull();
        }
        assertThat(taken).isGreaterThan(100);
    }

    private static byte[] mutant(byte[] from, Random random) {
        byte[] mutant = from.clone();
        for (int i = random.nextInt(3); i > 0 && mutant.length > 0; i--) {
            int at = random.nextInt(mutant.length);
            switch (random.nextInt(4)) {
                case 0 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutant[at] = (byte) random.nextInt();
                case 2 -> mutant = java.util.Arrays.copyOf(mutant, at);
                default -> {
                    byte[] longer = new byte[mutant.length + 1];
                    System.arraycopy(mutant, 0, longer, 0, at);
                    System.arraycopy(mutant, at, longer, at + 1, mutant.length - at);
                    longer[at] = (byte) random.nextInt();
                    mutant = longer;
                }
            }
        }
        return mutant;
    }

    @Test
    void R13_theTextOfOtherNamesIsUnambiguous() {
        for (String value :
                List.of("a,DNS:b.example", "a\\", "\\2C", "\\5C2C", "a;UTF8:b", "日本", " ", "=")) {
            OtherName name = new OtherName("1.2.3", value);
            assertThat(name.text()).doesNotContain(",");
            assertThat(OtherName.parse(name.text())).isEqualTo(name);
            assertThat(
                            new AlternativeNames(
                                            List.of("z.example"),
                                            List.of(),
                                            List.of(),
                                            List.of(),
                                            List.of(name))
                                    .text()
                                    .split("(?<!\\\\),"))
                    .hasSize(2);
        }
        for (String type : List.of("", "1", "3.1", "1.40", "1.2.", "1..2", "1.02", "a", "1.2\n")) {
            assertThatThrownBy(() -> new OtherName(type, "a"))
                    .as(type)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (String value : List.of("", "a\nb", "\u202e", "x".repeat(257))) {
            assertThatThrownBy(() -> new OtherName("1.2.3", value))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() ->
                        new AlternativeNames(
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                Collections.nCopies(2, new OtherName("1.2.3", "a"))))
                .hasMessageContaining("twice");
    }
}
