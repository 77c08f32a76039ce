package dev.signet.ca.rotation;

import java.util.Optional;

/// How the rotation of authorities stands, as this replica last looked. Thread-safe; never blocks.
public interface RotationState {

    /// Whether the automation is on.
    boolean automatic();

    /// What it does or waits for, for a human; empty: nothing is due.
    String doing();

    /// What an operator should know now: an authority has a third of its life or less left and no
    /// other has taken its place, or something is due that only an operator can do.
    Optional<String> warning();
}
