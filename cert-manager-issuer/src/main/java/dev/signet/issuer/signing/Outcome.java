package dev.signet.issuer.signing;

import dev.signet.client.SubjectCertificate;
import dev.signet.issuer.connection.IssuerSettings;

import java.time.Duration;

/// What became of one attempt to have a request signed.
public sealed interface Outcome {

    /// It is signed.
    ///
    /// @param settings of the issuer that signed
    record Issued(SubjectCertificate certificate, IssuerSettings settings) implements Outcome {}

    /// It never will be.
    ///
    /// @param reason in CamelCase
    /// @param malformed whether the request itself is at fault, whatever the issuer
    record Failed(String reason, String message, boolean malformed) implements Outcome {}

    /// Not now; it is tried again.
    ///
    /// @param reason in CamelCase
    /// @param again when, unless the issuer changes before
    record Pending(String reason, String message, Duration again) implements Outcome {}

    /// Too early to say anything about it; it is looked at again.
    record Later(Duration again) implements Outcome {}
}
