/// Tests of the builder that build no whole image; those that do are in images/tests.
@NullMarked
package dev.signet.image;

import org.jspecify.annotations.NullMarked;
