package dev.signet.ca.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.attestation.AttestationSettings;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.io.ByteArrayResource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What docs/attestation.md shows works as it is shown.
class AttestationGuideTest {

    @Test
    void itsRulesAreAccepted() throws IOException {
        List<String> rules = blocks().stream().filter(block -> block.contains("grant:")).toList();

        assertThat(rules).hasSize(2);
        for (String rule : rules) {
            PolicyLanguage.Reading reading =
                    PolicyTexts.LANGUAGE.read("apiVersion: signet.dev/v1\nrules:\n" + rule, "1");
            assertThat(reading)
                    .as("%s", reading)
                    .isInstanceOf(PolicyLanguage.Reading.Accepted.class);
            assertThat(reading.findings()).isEmpty();
        }
    }

    @Test
    void itsSettingsAreAccepted() throws IOException {
        int issuers = 0;
        int clusters = 0;
        for (String block : blocks()) {
            if (!block.contains("audiences:")) {
                continue;
            }
            String text =
                    block.startsWith("signet:") ? block : "signet:\n  attestation:\n" + of(block);
            YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
            yaml.setResources(new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)));
            Properties properties = yaml.getObject();
            AttestationSettings settings =
                    new Binder(new MapConfigurationPropertySource(properties))
                            .bind("signet.attestation", Bindable.of(AttestationSettings.class))
                            .get();
            issuers += settings.tokenIssuers().size();
            clusters += settings.clusters().size();
        }

        assertThat(clusters).isEqualTo(1);
        assertThat(issuers).isEqualTo(6);
    }

    private static String of(String block) {
        return block.stripLeading().startsWith("token-issuers:")
                ? block
                : "    token-issuers:\n" + block;
    }

    private static List<String> blocks() throws IOException {
        Matcher block =
                Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                        .matcher(Files.readString(Path.of("../docs/attestation.md")));
        List<String> blocks = new ArrayList<>();
        while (block.find()) {
            blocks.add(block.group(1));
        }
        return blocks;
    }
}
