/// The process: which parts it is made of and its settings. Trusts its configuration; nothing
/// imports it.
@NullMarked
package dev.signet.ca;

import org.jspecify.annotations.NullMarked;
