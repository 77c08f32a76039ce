package dev.signet.ca.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.policy.PolicyTexts.Request;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class ConditionsTest {

    private static final CelConditions CEL = new CelConditions();

    private static final PolicyRequest REQUEST =
            new Request(EvidenceKind.OIDC).with("a", "1").with("b", "x").make();

    /// What CEL's own `&&` and `||` make of errors, whichever side they are on.
    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "attributes[\"a\"] == \"1\" # TRUE",
                "attributes[\"a\"] == \"2\" # FALSE",
                "attributes[\"none\"] == \"1\" # FAILED",
                "!(attributes[\"none\"] == \"1\") # FAILED",
                "attributes[\"none\"] != \"1\" # FAILED",
                "attributes[\"none\"].startsWith(\"1\") # FAILED",
                "attributes[\"none\"] in [\"1\", \"2\"] # FAILED",
                "attributes.none == \"1\" # FAILED",
                "attributes[\"none\"] == \"1\" && attributes[\"a\"] == \"2\" # FALSE",
                "attributes[\"a\"] == \"2\" && attributes[\"none\"] == \"1\" # FALSE",
                "attributes[\"none\"] == \"1\" && attributes[\"a\"] == \"1\" # FAILED",
                "attributes[\"none\"] == \"1\" || attributes[\"a\"] == \"1\" # TRUE",
                "attributes[\"none\"] == \"1\" || attributes[\"a\"] == \"2\" # FAILED",
                "has(attributes.none) # FALSE",
                "has(attributes.none) && attributes.none == \"1\" # FALSE",
                "has(attributes.a) && attributes.a == \"1\" # TRUE",
                "\"none\" in attributes # FALSE",
                "(\"none\" in attributes ? attributes[\"none\"] : \"1\") == \"1\" # TRUE",
                "attributes[\"b\"].split(\"/\")[3] == \"x\" # FAILED",
                "int(attributes[\"b\"]) > 3 # FAILED",
                "1 / request.lifetimeSeconds == 1 # FAILED",
                "evidence.kind == \"oidc\" && request.dnsNames.size() == 0 # TRUE",
                "request.dnsNames.exists(n, n == \"a\") # FALSE",
                "attributes.exists(k, attributes[k] == \"x\") # TRUE",
                "attributes[evidence.kind] == \"x\" # FAILED",
                "true # TRUE",
            })
    void whatCannotBeSaidIsNeitherTrueNorFalse(String text, Truth expected) {
        Condition condition = compile(text, new Conditions());

        assertThat(condition.test(new RequestInput(REQUEST))).isEqualTo(expected);
    }

    /// The parts one by one, joined, come to what CEL makes of the whole; so do the conditions that
    /// are read without CEL.
    @Test
    void isWhatCelSays() {
        Random random = new Random(7);
        List<String> parts =
                List.of(
                        "evidence.kind == \"oidc\"",
                        "evidence.kind == \"kubernetes\"",
                        "attributes[\"a\"] == \"1\"",
                        "attributes[\"a\"]==\"2\"",
                        " attributes[\"none\"] == \"1\" ",
                        "request.profile == \"\"",
                        "attributes[\"b\"].startsWith(\"x\")",
                        "attributes[\"none\"].startsWith(\"x\")",
                        "attributes[\"b\"] in [\"x\", \"y\"]",
                        "(attributes[\"b\"] == \"y\" && attributes[\"none\"] == \"1\")",
                        "(attributes[\"none\"] == \"1\" || true)",
                        "(attributes[\"none\"] == \"1\" || attributes[\"a\"] == \"1\")",
                        "(attributes[\"a\"] == \"2\" || attributes[\"none\"].startsWith(\"x\"))",
                        "(attributes[\"a\"] == \"2\" || (evidence.kind == \"oidc\" &&"
                                + " attributes[\"none\"] == \"1\") || evidence.subject == \"x\")",
                        "!(attributes[\"a\"] == \"2\" || attributes[\"none\"] == \"1\")");
        Conditions conditions = new Conditions();
        int simple = 0;
        for (int round = 0; round < 300; round++) {
            List<String> chosen = new ArrayList<>();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                chosen.add(parts.get(random.nextInt(parts.size())));
            }
            String text = String.join("&&", chosen);
            Findings findings = new Findings();
            Condition ours = conditions.compile(scalar(text), CelConditions.Scope.RULE, findings);
            // Not split: one program for the whole.
            Condition whole =
                    CEL.compile(
                            scalar("[" + text + "][0]"), CelConditions.Scope.RULE, new Findings());
            assertThat(ours.test(new RequestInput(REQUEST)))
                    .as(text)
                    .isEqualTo(whole.test(new RequestInput(REQUEST)));
            if (SimpleCondition.read(text).isPresent()) {
                simple++;
                assertThat(SimpleCondition.read(text).get().conjuncts())
                        .extracting(Conjunct::text)
                        .isEqualTo(
                                CEL
                                        .compile(
                                                scalar(text),
                                                CelConditions.Scope.RULE,
                                                new Findings())
                                        .conjuncts()
                                        .stream()
                                        .map(Conjunct::text)
                                        .toList());
            }
        }
        assertThat(simple).isGreaterThan(20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evidence.knd == \"a\"",
                "request.lifetimeSeconds == \"a\"",
                "attributes[\"a\"] == \"\\x41\"",
                "attributes[\"a\"] == \"b\" || true",
                "attributes[\"a\"] == \"b\" &",
                "attributes[\"a\"] == \"b\" && ",
                "attributes[\"a\"] == 'b'",
                "!attributes[\"a\"] == \"b\"",
                "attributes[\"a\"] == \"b\" == true",
                "attributes[\"a\"] == \"b\" ? true : false",
                "xattributes[\"a\"] == \"b\"",
                "attributes[\"a\"] == \"é\"",
                "evidence.kind.x == \"a\"",
            })
    void whatIsNotSimpleIsLeftToCel(String text) {
        assertThat(SimpleCondition.read(text)).isEmpty();
    }

    @Test
    void loopsAreBounded() {
        String names = "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\"]";
        Condition condition =
                compile(
                        names
                                + ".all(a, "
                                + names
                                + ".all(b, "
                                + names
                                + ".all(c, "
                                + names
                                + ".all(d, a + b + c + d != \"\"))))",
                        new Conditions());

        assertThat(condition.test(new RequestInput(REQUEST))).isEqualTo(Truth.FAILED);
    }

    @Test
    void regularExpressionsTakeTimeThatGrowsWithTheTextAndNoFaster() {
        Condition condition =
                compile("attributes[\"long\"].matches(\"^(a+)+$\")", new Conditions());
        PolicyRequest request =
                new Request(EvidenceKind.OIDC).with("long", "a".repeat(2_000) + "!").make();

        assertThat(condition.test(new RequestInput(request))).isEqualTo(Truth.FALSE);
    }

    private static Condition compile(String text, Conditions conditions) {
        Findings findings = new Findings();
        Condition condition = conditions.compile(scalar(text), CelConditions.Scope.RULE, findings);
        assertThat(condition).as("%s", findings.list()).isNotNull();
        return condition;
    }

    private static Scalar scalar(String text) {
        String yaml = "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        ScalarNode node =
                (ScalarNode)
                        new Composer(
                                        new ParserImpl(new StreamReader(yaml), new LoaderOptions()),
                                        new Resolver(),
                                        new LoaderOptions())
                                .getSingleNode();
        return new Scalar(node, new DocumentText(yaml));
    }
}
