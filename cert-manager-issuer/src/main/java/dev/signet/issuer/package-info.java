/// The controller's process: its command line, what runs in it, and when. Trusts the API server for
/// who asked for what. Never holds a key of an authority, and never approves a request.
@NullMarked
package dev.signet.issuer;

import org.jspecify.annotations.NullMarked;
