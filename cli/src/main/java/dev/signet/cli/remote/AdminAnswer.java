package dev.signet.cli.remote;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

/// What the admin API has answered to a request that it took.
///
/// @param status 200 to 299
/// @param etag of the state that was read; null: it has none
public record AdminAnswer(int status, @Nullable String etag, JsonNode body) {

    private static final int ACCEPTED = 202;

    /// Whether nothing has changed yet: a second person has to approve.
    public boolean pending() {
        return status == ACCEPTED;
    }
}
