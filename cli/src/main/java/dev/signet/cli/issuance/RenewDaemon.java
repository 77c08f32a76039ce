package dev.signet.cli.issuance;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.client.CaUnavailableException;
import dev.signet.client.ClientOptions;
import dev.signet.client.SignetClientException;
import dev.signet.client.rotation.Backoff;
import dev.signet.client.rotation.Lease;
import dev.signet.client.rotation.RotationLoop;
import dev.signet.client.rotation.RotationTask;
import dev.signet.client.rotation.SystemTimeline;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Renews files for as long as the process runs, when the client library would. Ends on SIGTERM or
/// SIGINT, with a replacement under way finished, and when the certificate has ended: nothing that
/// is here proves anything to the CA then.
final class RenewDaemon implements RotationTask {

    /// What the CA refuses it refuses again, until somebody has changed something.
    private static final Duration AFTER_REFUSAL = Duration.ofMinutes(5);

    private static final Duration TO_FINISH = Duration.ofSeconds(15);

    private final Renewal renewal;
    private final AfterRenewal after;
    private final IssuedReport report;
    private final InstantSource clock;
    private final SystemTimeline timeline = new SystemTimeline("signet-renew", new SecureRandom());
    private final RotationLoop loop;
    private final ReentrantLock working = new ReentrantLock();
    private final CompletableFuture<CommandFailedException> end = new CompletableFuture<>();
    private HeldCertificate held;

    RenewDaemon(
            Renewal renewal,
            HeldCertificate held,
            AfterRenewal after,
            IssuedReport report,
            InstantSource clock) {
        this.renewal = renewal;
        this.held = held;
        this.after = after;
        this.report = report;
        this.clock = clock;
        ClientOptions options = ClientOptions.DEFAULTS;
        this.loop =
                new RotationLoop(
                        timeline,
                        this,
                        new Backoff(options.firstRetry(), options.longestRetry()),
                        options.recheck());
    }

    /// Returns never: the process ends by a signal, or the certificate by itself.
    ///
    /// @param replaced whether whoever uses the files is to be told at once
    /// @throws CommandFailedException when the certificate has ended
    int run(boolean replaced) throws InterruptedException {
        Thread stop = Thread.ofPlatform().name("signet-stop").unstarted(this::stop);
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            if (replaced) {
                tell();
            }
            loop.start(held.lease());
            next();
            throw end.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            loop.close();
            timeline.close();
            try {
                Runtime.getRuntime().removeShutdownHook(stop);
            } catch (IllegalStateException e) {
                // The process is ending already.
            }
        }
    }

    /// On the thread of the shutdown. Ends the process as done: it was asked to stop.
    private void stop() {
        loop.close();
        int code = ExitCode.FAILED;
        try {
            if (working.tryLock(TO_FINISH.toSeconds(), TimeUnit.SECONDS)) {
                code = ExitCode.OK;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        report.event("stopped", "stopped", Map.of());
        Runtime.getRuntime().halt(code);
    }

    @Override
    public Outcome attempt() {
        Lease lease;
        working.lock();
        try {
            lease = renewed();
        } catch (CaUnavailableException e) {
            return failed(e.code(), e.getMessage(), e.retryAfter().orElse(null));
        } catch (SignetClientException e) {
            return failed(e.code(), "refused: " + e.getMessage(), afterRefusal());
        } catch (CommandFailedException e) {
            if (e.code().equals("CERTIFICATE_EXPIRED")) {
                end.complete(e);
            }
            return failed(e.code(), e.getMessage(), afterRefusal());
        } catch (IOException e) {
            return failed("FILE", e.toString(), null);
        } finally {
            working.unlock();
        }
        tell();
        next();
        return new Renewed(lease);
    }

    private Lease renewed() throws IOException {
        return switch (renewal.renew(held.leaf())) {
            case Renewal.Renewed done -> {
                held = done.held();
                X509Certificate leaf = held.leaf();
                report.event(
                        "renewed",
                        "renewed "
                                + renewal.files().certificate()
                                + ": "
                                + done.issued().svid().spiffeId()
                                + " until "
                                + held.notAfter(),
                        IssuedReport.json(
                                done.issued().svid().spiffeId(),
                                leaf,
                                renewal.files().all(),
                                done.issued().notices()));
                report.notices(done.issued().notices());
                report.moved(done.moved());
                yield new Lease(held.notAfter(), done.issued().window());
            }
            case Renewal.Replaced other -> {
                held = other.held();
                report.event(
                        "replaced",
                        renewal.files().certificate()
                                + " was replaced by another process; it ends at "
                                + held.notAfter(),
                        IssuedReport.until(held.notAfter()));
                yield held.lease();
            }
            case Renewal.NotDue same -> same.held().lease();
        };
    }

    private Failed failed(String code, @Nullable String message, @Nullable Duration wait) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("code", code);
        values.put("message", String.valueOf(message));
        values.put("not_after", held.notAfter());
        report.event(
                "failed",
                "not renewed: " + message + " (" + code + "); ends at " + held.notAfter(),
                values);
        next();
        return new Failed(wait);
    }

    /// Little life left is worth asking again soon.
    private Duration afterRefusal() {
        Duration quarter = Duration.between(clock.instant(), held.notAfter()).dividedBy(4);
        return quarter.compareTo(AFTER_REFUSAL) < 0 ? quarter : AFTER_REFUSAL;
    }

    /// Once the loop has planned it.
    private void next() {
        timeline.schedule(
                Duration.ZERO,
                () ->
                        report.event(
                                "waiting",
                                "next renewal at " + loop.nextAttempt(),
                                Map.of("next_attempt", loop.nextAttempt())));
    }

    private void tell() {
        AfterRenewal.Result result = after.run(report.terminal());
        if (result != null) {
            report.event(
                    "after",
                    result.what() + ": " + (result.problem() == null ? "done" : result.problem()),
                    IssuedReport.json(result));
        }
    }

    @Override
    public void expired() {
        // Somebody may have put another certificate there meanwhile.
        loop.renewNow();
    }
}
