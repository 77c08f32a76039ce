package dev.signet.issuer.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// The resource definitions that the chart installs are what this code reads and writes.
class ResourceDefinitionTest {

    private static CustomResourceDefinition read(String plural) {
        try {
            return Serialization.unmarshal(
                    Files.readString(Path.of("../helm/signet/crds", plural + ".yaml")),
                    CustomResourceDefinition.class);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JSONSchemaProps schema(String plural) {
        return read(plural).getSpec().getVersions().get(0).getSchema().getOpenAPIV3Schema();
    }

    @Test
    void namesAreTheModels() {
        names("signetissuers", SignetIssuer.class, "Namespaced");
        names("signetclusterissuers", SignetClusterIssuer.class, "Cluster");
    }

    private static void names(
            String plural, Class<? extends CustomResource<?, ?>> model, String scope) {
        CustomResourceDefinition definition = read(plural);
        assertThat(definition.getMetadata().getName()).isEqualTo(CustomResource.getCRDName(model));
        assertThat(definition.getSpec().getScope()).isEqualTo(scope);
        assertThat(definition.getSpec().getNames().getKind()).isEqualTo(model.getSimpleName());
        CustomResourceDefinitionVersion version = definition.getSpec().getVersions().get(0);
        assertThat(version.getName()).isEqualTo("v1alpha1");
        assertThat(version.getSubresources().getStatus()).isNotNull();
    }

    @Test
    void fieldsAreTheModels() {
        for (String plural : List.of("signetissuers", "signetclusterissuers")) {
            fields("spec", IssuerSpec.class, schema(plural).getProperties().get("spec"));
        }
    }

    private static void fields(String path, Class<?> model, JSONSchemaProps schema) {
        assertThat(schema.getProperties().keySet())
                .as(path)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(model.getRecordComponents())
                                .map(RecordComponent::getName)
                                .toList());
        for (RecordComponent component : model.getRecordComponents()) {
            JSONSchemaProps field = schema.getProperties().get(component.getName());
            String at = path + "." + component.getName();
            assertThat(field.getType()).as(at).isEqualTo(type(component.getGenericType()));
            if (component.getType().isRecord()) {
                fields(at, component.getType(), field);
            }
        }
    }

    private static String type(Type type) {
        if (type instanceof ParameterizedType generic) {
            return generic.getRawType() == List.class ? "array" : "object";
        }
        return type == String.class ? "string" : type == Boolean.class ? "boolean" : "object";
    }

    @Test
    void bothKindsHaveOneSpec() {
        assertThat(schema("signetclusterissuers").getProperties().get("spec"))
                .isEqualTo(schema("signetissuers").getProperties().get("spec"));
    }

    @Test
    void everyTextAndListIsBounded() {
        bounded("spec", schema("signetissuers").getProperties().get("spec"));
    }

    private static void bounded(String path, JSONSchemaProps schema) {
        switch (schema.getType()) {
            case "string" ->
                    assertThat(schema.getMaxLength() != null || schema.getPattern() != null)
                            .as(path)
                            .isTrue();
            case "array" -> {
                assertThat(schema.getMaxItems()).as(path).isNotNull();
                bounded(path + "[]", schema.getItems().getSchema());
            }
            case "object" -> {
                for (Map.Entry<String, JSONSchemaProps> field :
                        schema.getProperties() == null
                                ? Map.<String, JSONSchemaProps>of().entrySet()
                                : schema.getProperties().entrySet()) {
                    bounded(path + "." + field.getKey(), field.getValue());
                }
            }
            default -> assertThat(schema.getType()).as(path).isEqualTo("boolean");
        }
    }
}
