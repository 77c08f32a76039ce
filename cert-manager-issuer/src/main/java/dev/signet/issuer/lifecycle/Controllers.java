package dev.signet.issuer.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// All controllers of the process. Those whose API is not served are looked for again every 30 s.
/// Thread-safe.
public final class Controllers implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Controllers.class.getName());
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    task -> Thread.ofPlatform().daemon().name("signet-discovery").unstarted(task));
    private final List<ControllerSource> absent;
    private final List<Controller> open = new ArrayList<>();
    private boolean leading;
    private boolean lookedOnce;

    public Controllers(List<ControllerSource> sources) {
        this.absent = new ArrayList<>(sources);
    }

    /// Opens what is served now, and from then on what comes.
    public void start() {
        var ignored =
                timer.scheduleWithFixedDelay(
                        this::look, 0, LOOK_AGAIN.toSeconds(), TimeUnit.SECONDS);
    }

    private synchronized void look() {
        for (Iterator<ControllerSource> sources = absent.iterator(); sources.hasNext(); ) {
            ControllerSource source = sources.next();
            try {
                source.open()
                        .ifPresent(controller -> {
                            LOG.log(System.Logger.Level.INFO, "serving {0}", controller.name());
                            open.add(controller);
                            sources.remove();
                            if (leading) {
                                controller.lead();
                            }
                        });
            } catch (RuntimeException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        source.name() + " cannot be served yet: " + e.getMessage());
            }
        }
        lookedOnce = true;
    }

    /// Whether all that is served is watched completely.
    public synchronized boolean isSynced() {
        return lookedOnce && open.stream().allMatch(Controller::isSynced);
    }

    /// Those that are open.
    public synchronized List<Controller> open() {
        return List.copyOf(open);
    }

    public synchronized void lead() {
        leading = true;
        open.forEach(Controller::lead);
    }

    public synchronized void follow() {
        leading = false;
        open.forEach(Controller::follow);
    }

    public synchronized boolean isLeading() {
        return leading;
    }

    /// Waits until nothing is under way anywhere; begin with [#follow].
    ///
    /// @return whether that was so within the time
    public boolean awaitIdle(Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        for (Controller controller : open()) {
            if (!controller.awaitIdle(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        timer.shutdownNow();
        for (Controller controller : open()) {
            controller.close();
        }
    }
}
