package dev.signet.ca.attestation;

import dev.signet.ca.egress.StrictJson;
import dev.signet.ca.identity.EvidenceKind;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The TokenReview of Kubernetes (authentication.k8s.io/v1): what is asked, and what an answer
/// proves. The answer's `status` is the only source of identity; nothing of the token itself, nor
/// of the request that the API server sends back in `spec`, counts (R8).
final class TokenReviewDocument {

    /// Largest answer that is read, in octets: it repeats the token, and names little else.
    static final int MAX_OCTETS = 64 * 1024;

    private static final String API_VERSION = "authentication.k8s.io/v1";
    private static final String KIND = "TokenReview";
    private static final String EXTRA = "authentication.kubernetes.io/";
    private static final int MAX_AUDIENCES = 64;
    private static final JsonFactory FACTORY = new JsonFactory();

    /// Names behind [#EXTRA], each the attribute `kubernetes.<name>`.
    private static final List<String> DETAILS =
            List.of("pod-name", "pod-uid", "node-name", "node-uid", "credential-id");

    private TokenReviewDocument() {}

    static byte[] request(String token, List<String> audiences) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream(token.length() + 256);
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), octets)) {
            json.writeStartObject();
            json.writeStringProperty("apiVersion", API_VERSION);
            json.writeStringProperty("kind", KIND);
            json.writeObjectPropertyStart("spec");
            json.writeStringProperty("token", token);
            json.writeArrayPropertyStart("audiences");
            audiences.forEach(json::writeString);
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndObject();
        }
        return octets.toByteArray();
    }

    /// What an answer comes to.
    sealed interface Reading {
        record Proves(AttestedCaller caller) implements Reading {}

        /// The API server does not vouch for the token, or not for us.
        ///
        /// @param what follows "the token"; holds nothing of the answer
        record Refused(String what) implements Reading {}

        /// Not an answer that an API server gives.
        record Unreadable() implements Reading {}
    }

    static Reading read(byte[] answer, KubernetesCluster cluster) {
        Optional<Map<String, Object>> document = StrictJson.object(answer);
        if (document.isEmpty()
                || !KIND.equals(document.get().get("kind"))
                || !API_VERSION.equals(document.get().get("apiVersion"))
                || !(document.get().get("status") instanceof Map<?, ?> status)) {
            return new Reading.Unreadable();
        }
        if (!Boolean.TRUE.equals(status.get("authenticated"))) {
            return new Reading.Refused("is not authenticated by the API server");
        }
        Object error = status.get("error");
        if (error != null && !"".equals(error)) {
            return new Reading.Refused("is authenticated with an error");
        }
        // Empty means: good for the API server itself, by an authenticator that knows no audiences.
        if (!hasOurAudience(status.get("audiences"), cluster.audiences())) {
            return new Reading.Refused("is not for an audience of ours by the API server's answer");
        }
        return status.get("user") instanceof Map<?, ?> user
                ? read(user, cluster)
                : new Reading.Refused("has no user");
    }

    private static boolean hasOurAudience(@Nullable Object claimed, List<String> ours) {
        if (!(claimed instanceof List<?> audiences) || audiences.size() > MAX_AUDIENCES) {
            return false;
        }
        boolean found = false;
        for (Object audience : audiences) {
            if (!(audience instanceof String text)) {
                return false;
            }
            found |= ours.contains(text);
        }
        return found;
    }

    private static Reading read(Map<?, ?> user, KubernetesCluster cluster) {
        Optional<ServiceAccountName> account =
                user.get("username") instanceof String username
                        ? ServiceAccountName.parse(username)
                        : Optional.empty();
        if (account.isEmpty()) {
            return new Reading.Refused("is not a service account's");
        }
        Map<String, String> attributes = new TreeMap<>();
        attributes.put("kubernetes.cluster", cluster.name());
        attributes.put("kubernetes.namespace", account.get().namespace());
        attributes.put("kubernetes.service-account", account.get().name());
        TokenClaims.text(user.get("uid"))
                .ifPresent(uid -> attributes.put("kubernetes.service-account-uid", uid));
        if (user.get("extra") instanceof Map<?, ?> extra) {
            for (String name : DETAILS) {
                Object values = extra.get(EXTRA + name);
                if (values == null) {
                    continue;
                }
                Optional<String> only =
                        values instanceof List<?> list && list.size() == 1
                                ? TokenClaims.text(list.getFirst())
                                : Optional.empty();
                if (only.isEmpty()) {
                    return new Reading.Refused("has no single readable " + name);
                }
                attributes.put("kubernetes." + name, only.get());
            }
        }
        return new Reading.Proves(
                new AttestedCaller(
                        EvidenceKind.KUBERNETES,
                        cluster.name() + "|" + account.get().username(),
                        attributes,
                        null,
                        null));
    }
}
