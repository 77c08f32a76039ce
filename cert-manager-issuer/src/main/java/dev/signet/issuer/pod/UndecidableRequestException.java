package dev.signet.issuer.pod;

/// A request from which nothing can be asked for, whatever the CA would say.
final class UndecidableRequestException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient PodVerdict verdict;

    UndecidableRequestException(PodVerdict verdict) {
        super(verdict.reason(), null, false, false);
        this.verdict = verdict;
    }

    PodVerdict verdict() {
        return verdict;
    }
}
