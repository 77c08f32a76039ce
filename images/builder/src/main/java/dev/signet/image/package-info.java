/// Packs a runtime made by jlink and an application's jars into a container image: a tar, the same
/// octets for the same input. Trusts the JDK that it runs on, whose modules become the image's
/// runtime, and, for images from scratch, the C library of the machine. Needs no container engine,
/// no root and, from scratch, no network; never runs what it packs.
@NullMarked
package dev.signet.image;

import org.jspecify.annotations.NullMarked;
