package dev.signet.cli.demo;

/// A step of the demo does not hold; the message says which and why.
public final class DemoFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DemoFailedException(String message) {
        super(message);
    }
}
