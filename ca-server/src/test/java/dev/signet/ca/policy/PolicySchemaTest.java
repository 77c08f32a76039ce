package dev.signet.ca.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// docs/policy.schema.json and docs/policy.md against the language itself.
class PolicySchemaTest {

    private static final Path DOCS = Path.of("../docs");

    /// What only the server sees: conditions, bounds, what rules have to do with one another.
    private static final Set<String> SHAPELY =
            Set.of(
                    "any-dns-name.yaml",
                    "beyond-trust-domain.yaml",
                    "ca-with-names.yaml",
                    "cel-syntax.yaml",
                    "costly-contains.yaml",
                    "costly-pattern-of-names.yaml",
                    "deny-that-reads-otherwise.yaml",
                    "dns-address-exact.yaml",
                    "dns-address-pattern.yaml",
                    "dns-pattern.yaml",
                    "duplicate-rule.yaml",
                    "email-pattern.yaml",
                    "ip-pattern.yaml",
                    "key-usage-outside-of-profile.yaml",
                    "lifetime-beyond-bounds.yaml",
                    "lifetime-default-beyond-max.yaml",
                    "misspelt-variable-in-block.yaml",
                    "misspelt-variable-in-folded-block.yaml",
                    "misspelt-variable-in-quotes.yaml",
                    "misspelt-variable-in-single-quotes.yaml",
                    "misspelt-variable.yaml",
                    "name-condition.yaml",
                    "name-outside-of-names.yaml",
                    "never-true.yaml",
                    "no-map-macro.yaml",
                    "not-a-condition.yaml",
                    "not-a-spiffe-id.yaml",
                    "open-brace.yaml",
                    "other-name-type.yaml",
                    "profile-objection.yaml",
                    "regex-of-caller.yaml",
                    "regex.yaml",
                    "shadowed-by-same.yaml",
                    "shadowed-by-subset.yaml",
                    "shadowed-by-true.yaml",
                    "subject-country.yaml",
                    "trust-domain-as-prefix.yaml",
                    "unconstrained-ca-that-says-its-id.yaml",
                    "unknown-kind.yaml",
                    "unknown-placeholder.yaml",
                    "unknown-profile.yaml",
                    "uri-beside-spiffe-id.yaml",
                    "uri-of-spiffe.yaml",
                    "uri-pattern.yaml",
                    "usage-outside-of-profile.yaml",
                    "usages-not-together.yaml",
                    "wrong-type.yaml");

    /// Not for a schema: the text has no tree, or not one only.
    private static final Set<String> UNREADABLE =
            Set.of(
                    "alias.yaml",
                    "duplicate-key.yaml",
                    "not-yaml.yaml",
                    "tag.yaml",
                    "two-documents.yaml");

    @Test
    void takesWhatTheServerTakes() throws IOException {
        for (PolicyCorpus.Sample sample : PolicyCorpus.accepted()) {
            assertThat(objections(sample.text())).as(sample.name()).isEmpty();
        }
        assertThat(objections(BuiltInDocument.text())).isEmpty();
        for (String example : examples()) {
            assertThat(objections(example)).as(example).isEmpty();
        }
        try (var files = Files.list(DOCS.resolve("examples"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".yaml")).toList()) {
                assertThat(objections(Files.readString(file))).as("%s", file).isEmpty();
            }
        }
    }

    @Test
    void refusesWhatHasAnotherShape() throws IOException {
        Set<String> taken = new TreeSet<>();
        for (PolicyCorpus.Sample sample : PolicyCorpus.refused()) {
            if (!UNREADABLE.contains(sample.name()) && objections(sample.text()).isEmpty()) {
                taken.add(sample.name());
            }
        }

        assertThat(taken).isEqualTo(new TreeSet<>(SHAPELY));
    }

    @Test
    void theExamplesInTheDocumentationAreAccepted() throws IOException {
        List<String> examples = examples();

        assertThat(examples).isNotEmpty();
        for (String example : examples) {
            PolicyLanguage.Reading reading = PolicyTexts.LANGUAGE.read(example, "1");
            assertThat(reading).isInstanceOf(PolicyLanguage.Reading.Accepted.class);
            assertThat(reading.findings()).isEmpty();
        }
    }

    private static List<String> examples() throws IOException {
        Matcher block =
                Pattern.compile("```yaml\n(apiVersion.*?)```", Pattern.DOTALL)
                        .matcher(Files.readString(DOCS.resolve("policy.md")));
        List<String> examples = new ArrayList<>();
        while (block.find()) {
            examples.add(block.group(1));
        }
        return examples;
    }

    private static List<Error> objections(String document) throws IOException {
        Schema schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(
                                Files.readString(DOCS.resolve("policy.schema.json")),
                                InputFormat.JSON);
        return schema.validate(
                JsonMapper.shared().writeValueAsString(tree(document)), InputFormat.JSON);
    }

    private static Object tree(String document) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try {
            return new Yaml(new SafeConstructor(options)).load(document);
        } catch (YAMLException e) {
            throw new AssertionError(document, e);
        }
    }
}
