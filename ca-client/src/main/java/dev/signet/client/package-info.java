/// A workload's identity, kept fresh: {@link dev.signet.client.WorkloadIdentity} for a service that
/// runs, {@link dev.signet.client.CaClient} for one certificate at a time. Trusts the certificate
/// authority it was pointed at by bundle or pin, and no other; believes no answer that it did not
/// verify. Never writes a private key or a token to a log, an exception or an unencrypted file.
@NullMarked
package dev.signet.client;

import org.jspecify.annotations.NullMarked;
