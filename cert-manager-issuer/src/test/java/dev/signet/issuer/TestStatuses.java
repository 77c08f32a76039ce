package dev.signet.issuer;

import dev.signet.issuer.lifecycle.EventRecorder;
import dev.signet.issuer.lifecycle.Events;
import dev.signet.issuer.lifecycle.StatusWriter;

import io.fabric8.kubernetes.api.model.HasMetadata;

import java.util.ArrayList;
import java.util.List;

/// Remembers what would have been written.
public final class TestStatuses extends StatusWriter implements Events {

    public final List<HasMetadata> written = new ArrayList<>();
    public final List<String> events = new ArrayList<>();
    public Written answer = Written.WRITTEN;

    public TestStatuses() {
        super(null);
    }

    @Override
    public Written apply(HasMetadata resource) {
        written.add(resource);
        return answer;
    }

    @Override
    public void record(HasMetadata about, EventRecorder.Type type, String reason, String message) {
        events.add(type + " " + reason);
    }
}
