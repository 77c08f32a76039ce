package dev.signet.ca.rest;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.refusal.RefusalCode;

import jakarta.servlet.http.HttpServletRequest;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/// What a write says about itself beside its body. Immutable.
///
/// @param key Idempotency-Key
/// @param path of the request, without its query
/// @param ifMatch the entity tag without its quotes; null: there is none
record Call(AdminCaller caller, String key, String path, @Nullable String ifMatch) {

    static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    private static final Pattern KEY = Pattern.compile("[!-~]{1,64}");
    private static final Pattern TAG = Pattern.compile("\"([!#-~]{0,128})\"");

    Actor actor() {
        return caller.actor();
    }

    /// The state that the write is based on.
    ///
    /// @throws RefusedException PRECONDITION_REQUIRED without one
    String basis() {
        if (ifMatch == null) {
            throw RefusedException.of(
                    RefusalCode.PRECONDITION_REQUIRED,
                    "This write needs If-Match with the ETag of what it changes. GET it first.");
        }
        return ifMatch;
    }

    /// @throws RefusedException when a header is missing or none
    static Call of(HttpServletRequest request, AdminCaller caller) {
        List<String> keys = Collections.list(request.getHeaders(IDEMPOTENCY_KEY));
        if (keys.isEmpty()) {
            throw RefusedException.of(
                    RefusalCode.PRECONDITION_REQUIRED,
                    "This write needs an Idempotency-Key: a new UUID for a new act, the same one"
                            + " for a retry.");
        }
        if (keys.size() > 1 || !KEY.matcher(keys.getFirst()).matches()) {
            throw RefusedException.field(
                    IDEMPOTENCY_KEY,
                    "it is not one key (expected: a UUID, or 1 to 64 visible ASCII characters).");
        }
        List<String> tags = Collections.list(request.getHeaders("If-Match"));
        String tag = null;
        if (!tags.isEmpty()) {
            var matcher = TAG.matcher(tags.getFirst());
            if (tags.size() > 1 || !matcher.matches()) {
                throw RefusedException.field(
                        "If-Match", "it is not one strong entity tag (expected: \"...\").");
            }
            tag = matcher.group(1);
        }
        return new Call(caller, keys.getFirst(), request.getRequestURI(), tag);
    }
}
