/// The operator's commands over the admin API: each asks once or twice and prints what was
/// answered, as a table or as the API's own JSON. Decides nothing; the server does.
@NullMarked
package dev.signet.cli.admin;

import org.jspecify.annotations.NullMarked;
