/// Contexts: the servers that a user has to do with, and what to prove oneself with to each. Their
/// file is for its owner only; no secret is in it, it says where they are.
@NullMarked
package dev.signet.cli.context;

import org.jspecify.annotations.NullMarked;
