package dev.signet.ca.policy;

/// Where the policy in force comes from. Thread-safe; never blocks.
public interface Policies {

    PolicySnapshot current();
}
