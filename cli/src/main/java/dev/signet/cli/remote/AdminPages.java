package dev.signet.cli.remote;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;

/// Answers that come in pages. Stateless.
public final class AdminPages {

    private static final int LARGEST_PAGE = 1000;

    private AdminPages() {}

    /// At most `limit` items of a list.
    ///
    /// @throws dev.signet.cli.CommandFailedException as [AdminClient#send]
    public static List<JsonNode> items(AdminClient client, AdminRequest list, int limit) {
        List<JsonNode> items = new ArrayList<>();
        String token = "";
        do {
            int size = Math.min(LARGEST_PAGE, limit - items.size());
            JsonNode page = client.send(list.with("limit", size).with("pageToken", token)).body();
            for (JsonNode item : page.path("items")) {
                if (items.size() < limit) {
                    items.add(item);
                }
            }
            token = page.path("nextPageToken").asString("");
        } while (!token.isEmpty() && items.size() < limit);
        return List.copyOf(items);
    }
}
