package dev.signet.ca.wire;

import dev.signet.ca.trust.Acknowledgements;

import java.time.InstantSource;

/// Lets only those acknowledge whose certificate counts at this moment. Thread-safe.
final class Acknowledging {

    private final Acknowledgements acknowledgements;
    private final InstantSource clock;

    Acknowledging(Acknowledgements acknowledgements, InstantSource clock) {
        this.acknowledgements = acknowledgements;
        this.clock = clock;
    }

    /// @return whether the statement was taken: a connection may outlive the certificate it shows
    boolean take(Caller caller, long version) {
        return Holder.of(caller)
                .filter(holder -> !clock.instant().isAfter(holder.notAfter()))
                .map(holder -> {
                    acknowledgements.acknowledge(
                            holder.spiffeId(), holder.serialNumber(), holder.notAfter(), version);
                    return true;
                })
                .orElse(false);
    }
}
