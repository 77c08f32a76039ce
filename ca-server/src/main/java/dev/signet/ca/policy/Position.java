package dev.signet.ca.policy;

/// A place in a policy document, line and column from 1.
record Position(int line, int column) {

    static final Position START = new Position(1, 1);
}
