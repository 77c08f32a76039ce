/// What the log's configurations are made of: levels, and what keeps the log's size in bounds
/// whatever callers do. Named by `logback.xml` here and by the command line's. Secrets are kept out
/// of the log by its authors, and those of other projects by their levels.
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.signet.ca.log;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
