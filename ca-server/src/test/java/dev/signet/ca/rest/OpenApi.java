package dev.signet.ca.rest;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/// Writes the OpenAPI 3.1 document from the endpoints of a running server: its mapping says the
/// paths, [Performs] the operations, [Field] and the records the schemas.
final class OpenApi {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String JSON_TYPE = "application/json";

    private final ObjectNode document = JSON.createObjectNode();
    private final Map<String, JsonNode> schemas = new TreeMap<>();

    private OpenApi() {}

    static JsonNode of(List<Endpoint> endpoints) {
        OpenApi api = new OpenApi();
        api.write(endpoints);
        return api.document;
    }

    private void write(List<Endpoint> endpoints) {
        document.put("openapi", "3.1.0");
        document.putObject("info")
                .put("title", "Signet admin API")
                .put("version", "1")
                .put(
                        "description",
                        "Every call shows exactly one credential. Times are RFC 3339 in UTC,"
                                + " durations seconds such as \"3600s\". Refusals are problems"
                                + " (RFC 9457) with a permanent code.");
        document.putArray("servers").addObject().put("url", "https://localhost:9443");
        ArrayNode security = document.putArray("security");
        for (String scheme : List.of("bearer", "operator", "certificate")) {
            security.addObject().putArray(scheme);
        }
        ArrayNode tags = document.putArray("tags");
        endpoints.stream()
                .map(endpoint -> tag(endpoint.path()))
                .distinct()
                .sorted()
                .forEach(tag -> tags.addObject().put("name", tag));
        ObjectNode paths = document.putObject("paths");
        for (Endpoint endpoint : endpoints) {
            String path = endpoint.path().replaceAll("\\{(\\w+):[^/]*}", "{$1}");
            ObjectNode item =
                    paths.has(path) ? (ObjectNode) paths.get(path) : paths.putObject(path);
            operation(
                    item.putObject(endpoint.method().toLowerCase(java.util.Locale.ROOT)), endpoint);
        }
        ObjectNode components = document.putObject("components");
        ObjectNode schemes = components.putObject("securitySchemes");
        schemes.putObject("bearer")
                .put("type", "http")
                .put("scheme", "bearer")
                .put("bearerFormat", "JWT")
                .put("description", "OIDC token of a configured issuer");
        schemes.putObject("operator")
                .put("type", "http")
                .put("scheme", "Operator")
                .put("description", "The operator credential of the server's host");
        schemes.putObject("certificate")
                .put("type", "mutualTLS")
                .put("description", "A client certificate of this trust domain");
        reference(Problem.class, false);
        ObjectNode written = components.putObject("schemas");
        schemas.forEach(written::set);
    }

    /// The kind of thing that a path is about: `certificates` of `/v1/certificates/export`.
    private static String tag(String path) {
        String[] segments = path.split("/");
        return segments.length > 2 ? segments[2] : "server";
    }

    private void operation(ObjectNode to, Endpoint endpoint) {
        Performs performs = endpoint.handler().getMethodAnnotation(Performs.class);
        if (performs == null) {
            throw new AssertionError(endpoint);
        }
        Operation operation = performs.value();
        boolean write = !endpoint.method().equals("GET");
        to.put("operationId", operation.id());
        to.put("summary", operation.summary());
        to.putArray("tags").add(tag(endpoint.path()));
        ArrayNode roles = to.putArray("x-signet-roles");
        operation.roles().forEach(role -> roles.add(role.toString()));
        ArrayNode parameters = JSON.createArrayNode();
        boolean once = false;
        for (Parameter parameter : endpoint.handler().getMethod().getParameters()) {
            Class<?> type = parameter.getType();
            if (parameter.isAnnotationPresent(PathVariable.class)) {
                parameter(parameters, "path", parameter.getName(), parameter, type, true);
            } else if (parameter.isAnnotationPresent(RequestBody.class)) {
                ObjectNode body = to.putObject("requestBody");
                body.put("required", true);
                body.putObject("content").putObject(JSON_TYPE).set("schema", reference(type, true));
            } else if (type == Call.class) {
                once = true;
            } else if (type.isRecord() && type != AdminCaller.class) {
                for (RecordComponent component : type.getRecordComponents()) {
                    parameter(
                            parameters,
                            "query",
                            component.getName(),
                            component,
                            component.getGenericType(),
                            !isNullable(component));
                }
            }
        }
        if (once) {
            header(
                    parameters,
                    Call.IDEMPOTENCY_KEY,
                    "A new UUID for a new act, the same one for a retry",
                    "^[!-~]{1,64}$");
        }
        if (write && performs.tagged()) {
            header(
                    parameters,
                    "If-Match",
                    "ETag of what the write is based on",
                    "^\"[!#-~]{0,128}\"$");
        }
        if (!parameters.isEmpty()) {
            to.set("parameters", parameters);
        }
        responses(to.putObject("responses"), endpoint, performs, write, once);
    }

    private static void header(
            ArrayNode parameters, String name, String description, String pattern) {
        ObjectNode parameter = parameters.addObject();
        parameter.put("name", name).put("in", "header").put("required", true);
        parameter.put("description", description);
        parameter.putObject("schema").put("type", "string").put("pattern", pattern);
    }

    private void parameter(
            ArrayNode parameters,
            String in,
            String name,
            AnnotatedElement element,
            Type type,
            boolean required) {
        ObjectNode parameter = parameters.addObject();
        parameter.put("name", name).put("in", in).put("required", required);
        Field field = field(element, name);
        parameter.put("description", field.value());
        parameter.set("schema", constrained(schema(type, false), field));
    }

    private void responses(
            ObjectNode to, Endpoint endpoint, Performs performs, boolean write, boolean once) {
        Map<Integer, String> problems = new TreeMap<>();
        problems.put(400, "The request is not of its form");
        problems.put(401, "No credential, or one that proves nothing here");
        problems.put(403, "The caller's roles do not permit it");
        problems.put(406, "None of the accepted media types can be given");
        problems.put(413, "The body is too large");
        problems.put(414, "The request line is too large");
        problems.put(429, "Too much; wait");
        problems.put(431, "The headers are too large");
        problems.put(500, "The server failed");
        problems.put(503, "Not now; wait");
        if (endpoint.path().contains("{")) {
            problems.put(404, "There is no such thing");
        }
        if (write) {
            problems.put(415, "The body is of another media type");
            problems.put(404, "There is no such thing");
            problems.put(422, "The document or the idempotency key is not accepted");
        }
        if (once) {
            problems.put(409, "The present state does not allow it");
            problems.put(428, "Idempotency-Key or If-Match is missing");
        }
        if (performs.tagged()) {
            problems.put(412, "What the write is based on has changed");
        }
        success(to, performs.status(), endpoint, performs);
        if (performs.approvable()) {
            ObjectNode accepted = to.putObject("202");
            accepted.put("description", "Nothing has changed: a second person has to approve");
            responseHeader(accepted, "Location", "Path of the approval");
            accepted.putObject("content")
                    .putObject(JSON_TYPE)
                    .set("schema", reference(ApprovalController.View.class, false));
        }
        if (performs.tagged() && !write) {
            to.putObject("304").put("description", "It is as If-None-Match says");
        }
        problems.forEach((status, description) -> {
            ObjectNode response = to.putObject(String.valueOf(status));
            response.put("description", description);
            if (status == 429 || status == 503) {
                responseHeader(response, "Retry-After", "Seconds to wait");
            }
            if (status == 401) {
                responseHeader(response, "WWW-Authenticate", "What may be shown");
            }
            response.putObject("content")
                    .putObject(Problem.MEDIA_TYPE)
                    .set("schema", reference(Problem.class, false));
        });
    }

    private void success(ObjectNode to, int status, Endpoint endpoint, Performs performs) {
        ObjectNode success = to.putObject(String.valueOf(status));
        if (performs.streams() != void.class) {
            success.put("description", "As many as there are, one after the other");
            ObjectNode content = success.putObject("content");
            GetMapping mapping = endpoint.handler().getMethodAnnotation(GetMapping.class);
            List<String> types =
                    mapping == null || mapping.produces().length == 0
                            ? List.of(Streams.NDJSON)
                            : List.of(mapping.produces());
            for (String type : types) {
                ObjectNode media = content.putObject(type);
                if (type.equals(Streams.NDJSON)) {
                    media.put(
                            "x-signet-line",
                            reference(performs.streams(), false).get("$ref").stringValue());
                }
                ObjectNode schema = media.putObject("schema").put("type", "string");
                if (type.equals(Streams.NDJSON)) {
                    // JSON Schema 2020-12, Validation 8.5: what the text holds.
                    schema.put("contentMediaType", Streams.NDJSON);
                    schema.put("description", "One JSON object a line, each as contentSchema");
                    schema.set("contentSchema", reference(performs.streams(), false));
                }
            }
            return;
        }
        success.put("description", status == 201 ? "It was made" : "So it is");
        if (performs.tagged()) {
            responseHeader(success, "ETag", "Names this state");
        }
        Class<?> type =
                performs.answers() == void.class
                        ? endpoint.handler().getMethod().getReturnType()
                        : performs.answers();
        success.putObject("content")
                .putObject(JSON_TYPE)
                .set(
                        "schema",
                        type == Object.class
                                ? JSON.createObjectNode().put("type", "object")
                                : reference(type, false));
    }

    private static void responseHeader(ObjectNode response, String name, String description) {
        ObjectNode headers =
                response.has("headers")
                        ? (ObjectNode) response.get("headers")
                        : response.putObject("headers");
        ObjectNode header = headers.putObject(name);
        header.put("description", description);
        header.putObject("schema").put("type", "string");
    }

    private static boolean isNullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static Field field(AnnotatedElement element, String name) {
        Field field = element.getAnnotation(Field.class);
        if (field == null) {
            throw new AssertionError(name + " has no description");
        }
        return field;
    }

    private static String name(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        if (outer == null) {
            return type.getSimpleName();
        }
        String prefix = outer.getSimpleName().replace("Controller", "");
        return type.getSimpleName().startsWith(prefix) || type.getSimpleName().endsWith(prefix)
                ? type.getSimpleName()
                : prefix + type.getSimpleName();
    }

    private ObjectNode reference(Class<?> type, boolean request) {
        if (!type.isRecord()) {
            throw new AssertionError(type + " is no record");
        }
        String name = name(type);
        if (!schemas.containsKey(name)) {
            ObjectNode schema = JSON.createObjectNode();
            schemas.put(name, schema);
            schema.put("type", "object");
            schema.put("additionalProperties", false);
            List<String> required = new ArrayList<>();
            ObjectNode properties = schema.putObject("properties");
            for (RecordComponent component : type.getRecordComponents()) {
                Field field = field(component, name + "." + component.getName());
                boolean nullable = isNullable(component);
                ObjectNode property =
                        constrained(schema(component.getGenericType(), request), field);
                if (request && nullable) {
                    property = orNull(property);
                }
                property.put("description", field.value());
                properties.set(component.getName(), property);
                if (!nullable && !(type == Problem.class && component.getName().equals("errors"))) {
                    required.add(component.getName());
                }
            }
            ArrayNode list = schema.putArray("required");
            required.forEach(list::add);
        }
        return JSON.createObjectNode().put("$ref", "#/components/schemas/" + name);
    }

    private static ObjectNode orNull(ObjectNode schema) {
        if (schema.has("$ref")) {
            ObjectNode either = JSON.createObjectNode();
            ArrayNode any = either.putArray("anyOf");
            any.add(schema);
            any.addObject().put("type", "null");
            return either;
        }
        if (schema.has("type")) {
            String type = schema.get("type").stringValue();
            schema.putArray("type").add(type).add("null");
            if (schema.has("enum")) {
                ((ArrayNode) schema.get("enum")).addNull();
            }
        }
        return schema;
    }

    private ObjectNode schema(Type type, boolean request) {
        ObjectNode schema = JSON.createObjectNode();
        if (type instanceof ParameterizedType generic) {
            Class<?> raw = (Class<?>) generic.getRawType();
            Type[] arguments = generic.getActualTypeArguments();
            if (Collection.class.isAssignableFrom(raw)) {
                schema.put("type", "array").set("items", schema(arguments[0], request));
            } else {
                schema.put("type", "object")
                        .set("additionalProperties", schema(arguments[1], request));
            }
            return schema;
        }
        Class<?> raw = (Class<?>) type;
        if (raw.isRecord()) {
            return reference(raw, request);
        }
        if (raw.isEnum()) {
            schema.put("type", "string");
            ArrayNode values = schema.putArray("enum");
            Arrays.stream(raw.getEnumConstants()).map(Object::toString).forEach(values::add);
            return schema;
        }
        Map<Class<?>, String> integers = new LinkedHashMap<>();
        integers.put(int.class, "int32");
        integers.put(Integer.class, "int32");
        integers.put(long.class, "int64");
        integers.put(Long.class, "int64");
        if (integers.containsKey(raw)) {
            return schema.put("type", "integer").put("format", integers.get(raw));
        }
        if (raw == double.class || raw == Double.class) {
            return schema.put("type", "number").put("format", "double");
        }
        if (raw == boolean.class || raw == Boolean.class) {
            return schema.put("type", "boolean");
        }
        if (raw == Instant.class) {
            return schema.put("type", "string").put("format", "date-time").put("pattern", "Z$");
        }
        if (raw == Duration.class) {
            return schema.put("type", "string").put("pattern", "^[0-9]{1,10}s$");
        }
        if (raw == UUID.class) {
            return schema.put("type", "string").put("format", "uuid");
        }
        if (raw == String.class) {
            return schema.put("type", "string");
        }
        if (raw == Object.class) {
            return schema;
        }
        throw new AssertionError("no schema for " + raw);
    }

    private static ObjectNode constrained(ObjectNode schema, Field field) {
        String type = schema.has("type") ? schema.get("type").stringValue() : "";
        String least =
                switch (type) {
                    case "string" -> "minLength";
                    case "array" -> "minItems";
                    case "object" -> "minProperties";
                    default -> "minimum";
                };
        String most = least.replace("min", "max");
        if (!type.isEmpty() && (field.least() != 0 || type.equals("integer"))) {
            schema.put(least, field.least());
        }
        if (!type.isEmpty() && field.most() != Long.MAX_VALUE) {
            schema.put(most, field.most());
        }
        if (!field.pattern().isEmpty()) {
            schema.put("pattern", "^(?:" + field.pattern() + ")$");
        }
        if (!field.byDefault().isEmpty()) {
            if (type.equals("integer")) {
                schema.put("default", Long.parseLong(field.byDefault()));
            } else {
                schema.put("x-signet-default", field.byDefault());
            }
        }
        if (type.equals("integer") && field.most() == Long.MAX_VALUE && schema.has("format")) {
            schema.put(
                    "maximum",
                    schema.get("format").stringValue().equals("int32")
                            ? Integer.MAX_VALUE
                            : 999_999_999_999_999_999L);
        }
        return schema;
    }
}
