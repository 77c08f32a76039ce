/// Tests of the chart: lints and renders it by Helm's own code, in this process and offline, and
/// reads the result as its users will. Trusts Helm to render as it does in a cluster; what a
/// cluster says to it is for interop/kubernetes. Never writes outside temporary folders.
@NullMarked
package dev.signet.helm;

import org.jspecify.annotations.NullMarked;
