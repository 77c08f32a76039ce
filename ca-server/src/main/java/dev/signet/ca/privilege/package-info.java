/// Roles of the admin API, and which identities carry them. Trusts the settings; never says who a
/// caller is, and grants nothing: those who let somebody have a certificate ask here what it takes.
@ApplicationModule(allowedDependencies = {"identity"})
@NullMarked
package dev.signet.ca.privilege;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
