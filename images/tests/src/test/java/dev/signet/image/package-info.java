/// Tests of the images as a container engine would see them: their files, their configuration, and
/// their programs, started from the unpacked files with the runtime that is among them.
@NullMarked
package dev.signet.image;

import org.jspecify.annotations.NullMarked;
