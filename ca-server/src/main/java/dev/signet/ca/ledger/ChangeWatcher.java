package dev.signet.ca.ledger;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.atomic.AtomicReference;

/// One watcher of a topic: looks on a virtual thread of its own, once at a time; signals that come
/// while it looks make it look once more afterwards, however many they were. Thread-safe, never
/// blocks.
final class ChangeWatcher {

    private static final Logger LOG = LoggerFactory.getLogger(ChangeWatcher.class);

    private enum State {
        IDLE,
        LOOKING,
        LOOKING_AND_SIGNALLED
    }

    private final String topic;
    private final Runnable look;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

    ChangeWatcher(String topic, Runnable look) {
        this.topic = topic;
        this.look = look;
    }

    String topic() {
        return topic;
    }

    void signal() {
        State before =
                state.getAndUpdate(now ->
                        switch (now) {
                            case IDLE -> State.LOOKING;
                            case LOOKING, LOOKING_AND_SIGNALLED -> State.LOOKING_AND_SIGNALLED;
                        });
        if (before == State.IDLE) {
            Thread.ofVirtual().name("signet-change-" + topic).start(this::lookUntilQuiet);
        }
    }

    private void lookUntilQuiet() {
        do {
            state.set(State.LOOKING);
            try {
                look.run();
            } catch (RuntimeException | Error e) {
                LOG.warn(
                        "Looking after a change of {} failed; the next poll looks again", topic, e);
            }
        } while (!state.compareAndSet(State.LOOKING, State.IDLE));
    }
}
