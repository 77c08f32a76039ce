/// cert-manager's CertificateRequests for Signet issuers. Trusts cert-manager's webhook for
/// approval and for who the requester is; never approves, and never signs what is not approved.
@NullMarked
package dev.signet.issuer.certmanager;

import org.jspecify.annotations.NullMarked;
