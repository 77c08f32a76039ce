/// What a user sees: colour and progress where there is a terminal, plain lines elsewhere, JSON for
/// machines. Everything printed that came from elsewhere is freed of control characters first.
@NullMarked
package dev.signet.cli.output;

import org.jspecify.annotations.NullMarked;
