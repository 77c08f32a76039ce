package dev.signet.issuer.lifecycle;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// Writes events about resources, behind the work that they are about: when 10,000 wait, further
/// ones are dropped and counted. An event that cannot be written is lost; nothing depends on one.
/// Thread-safe.
public final class EventRecorder implements Events, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(EventRecorder.class.getName());
    private static final int WAITING = 10_000;
    private static final int WRITERS = 2;
    private static final int MAX_MESSAGE_LENGTH = 1024;

    private final KubernetesClient client;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final BlockingQueue<Event> waiting = new ArrayBlockingQueue<>(WAITING);
    private final AtomicLong dropped = new AtomicLong();
    private volatile boolean closed;

    /// What an event says about its resource.
    public enum Type {
        NORMAL("Normal"),
        WARNING("Warning");

        private final String text;

        Type(String text) {
            this.text = text;
        }
    }

    public EventRecorder(KubernetesClient client, InstantSource clock, RandomGenerator random) {
        this.client = client;
        this.clock = clock;
        this.random = random;
        for (int i = 0; i < WRITERS; i++) {
            Thread.ofVirtual().name("signet-events-" + i).start(this::write);
        }
    }

    @Override
    public void record(HasMetadata about, Type type, String reason, String message) {
        String namespace = about.getMetadata().getNamespace();
        String home = namespace == null || namespace.isEmpty() ? "default" : namespace;
        String now = clock.instant().truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString();
        Event event =
                new EventBuilder()
                        .withNewMetadata()
                        .withNamespace(home)
                        .withName(
                                shortened(about.getMetadata().getName(), 230)
                                        + "."
                                        + HexFormat.of().toHexDigits(random.nextLong()))
                        .endMetadata()
                        .withNewInvolvedObject()
                        .withApiVersion(about.getApiVersion())
                        .withKind(about.getKind())
                        .withNamespace(namespace)
                        .withName(about.getMetadata().getName())
                        .withUid(about.getMetadata().getUid())
                        .withResourceVersion(about.getMetadata().getResourceVersion())
                        .endInvolvedObject()
                        .withType(type.text)
                        .withReason(reason)
                        .withMessage(shortened(message, MAX_MESSAGE_LENGTH))
                        .withCount(1)
                        .withFirstTimestamp(now)
                        .withLastTimestamp(now)
                        .withNewSource()
                        .withComponent("signet-issuer")
                        .endSource()
                        .withReportingComponent("signet-issuer")
                        .build();
        if (!waiting.offer(event)) {
            dropped.incrementAndGet();
        }
    }

    private static String shortened(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most);
    }

    private void write() {
        try {
            while (!closed) {
                Event event = waiting.take();
                try {
                    client.v1().events().resource(event).create();
                } catch (KubernetesClientException e) {
                    dropped.incrementAndGet();
                    LOG.log(
                            System.Logger.Level.DEBUG,
                            "an event was not written: {0}",
                            e.getMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Events that were not written since the start.
    public long dropped() {
        return dropped.get();
    }

    /// Forgets what waits.
    @Override
    public void close() {
        closed = true;
        waiting.clear();
    }
}
