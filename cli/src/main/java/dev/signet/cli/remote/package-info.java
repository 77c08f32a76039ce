/// Calls to a running server: where it is, how it is trusted, the operator's calls. Nothing is sent
/// before the server has proved itself by the trust bundle.
@NullMarked
package dev.signet.cli.remote;

import org.jspecify.annotations.NullMarked;
