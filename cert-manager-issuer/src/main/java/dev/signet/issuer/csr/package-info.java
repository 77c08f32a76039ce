/// Kubernetes' CertificateSigningRequests for Signet issuers. Trusts the API server for approval
/// and for who the requester is; never approves, and never signs what is not approved.
@NullMarked
package dev.signet.issuer.csr;

import org.jspecify.annotations.NullMarked;
