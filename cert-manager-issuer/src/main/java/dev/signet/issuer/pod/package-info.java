/// Pods' certificates: Kubernetes' PodCertificateRequests for Signet issuers. Trusts the API server
/// for which pod, service account and node a request is of; never looks at what the certification
/// request or its annotations ask for.
@NullMarked
package dev.signet.issuer.pod;

import org.jspecify.annotations.NullMarked;
