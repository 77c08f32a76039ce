package dev.signet.ca.rotation;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/// Settings under `signet.rotation`.
///
/// @param automatic whether authorities are prepared and activated ahead of expiry without an
///   operator; default true
/// @param prepareWhenLeft the share of its life that an issuing CA or root has left when the next
///   one is prepared, and activated as soon as enough clients know it; default 0.5, 0.34 to 0.95:
///   what has a third or less left is overdue
/// @param acknowledgedShare the share of identities with a live certificate that must know a root,
///   as [ActivationGate] counts it, before an issuing CA under it is activated; default 0.99, 0 to
///   1
/// @param crossSign whether the automation has a new root's key signed by the old root as well, for
///   verifiers that reload their bundle late; default true
/// @param interval how often the automation looks; default 10 s, 100 ms to 1 hour
public record RotationSettings(
        Boolean automatic,
        Double prepareWhenLeft,
        Double acknowledgedShare,
        Boolean crossSign,
        Duration interval) {

    /// What has less of its life left is overdue (R17).
    static final double OVERDUE_WHEN_LEFT = 1.0 / 3;

    private static final double LEAST_LEFT = 0.34;
    private static final double MOST_LEFT = 0.95;
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofHours(1);

    /// @throws IllegalArgumentException when a value is out of its bounds
    public RotationSettings(
            @Nullable Boolean automatic,
            @Nullable Double prepareWhenLeft,
            @Nullable Double acknowledgedShare,
            @Nullable Boolean crossSign,
            @Nullable Duration interval) {
        this.automatic = automatic == null || automatic;
        this.prepareWhenLeft = prepareWhenLeft == null ? 0.5 : prepareWhenLeft;
        this.acknowledgedShare = acknowledgedShare == null ? 0.99 : acknowledgedShare;
        this.crossSign = crossSign == null || crossSign;
        this.interval = interval == null ? Duration.ofSeconds(10) : interval;
        within("prepare-when-left", this.prepareWhenLeft, LEAST_LEFT, MOST_LEFT);
        within("acknowledged-share", this.acknowledgedShare, 0, 1);
        if (this.interval.compareTo(SHORTEST) < 0 || this.interval.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "signet.rotation.interval is " + this.interval + " (expected: PT0.1S to PT1H)");
        }
    }

    private static void within(String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    "signet.rotation."
                            + name
                            + " is "
                            + value
                            + " (expected: "
                            + least
                            + " to "
                            + most
                            + ")");
        }
    }
}
