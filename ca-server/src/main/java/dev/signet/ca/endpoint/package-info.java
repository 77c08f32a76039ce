/// Where other trust domains get our bundle: the SPIFFE bundle endpoint, on a port of its own. Says
/// what everybody may know, to everybody; reads no credential and no body.
@ApplicationModule(allowedDependencies = {"trust", "wire", "egress"})
@NullMarked
package dev.signet.ca.endpoint;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
