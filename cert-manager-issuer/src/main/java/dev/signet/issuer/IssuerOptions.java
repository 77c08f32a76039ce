package dev.signet.issuer;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The command line, each option also by the environment variable in brackets where one is named.
final class IssuerOptions {

    @Option(
            names = "--namespace",
            defaultValue = "${env:POD_NAMESPACE:-signet}",
            description = "The controller's own namespace [POD_NAMESPACE].")
    String namespace = "signet";

    @Option(
            names = "--pod-name",
            defaultValue = "${env:POD_NAME:-}",
            description =
                    "Names this replica in the lease [POD_NAME]; default: the host's name and a"
                            + " random part.")
    String podName = "";

    @Option(
            names = "--cluster-resource-namespace",
            description =
                    "Where references of cluster issuers are read; default: the own namespace.")
    @Nullable String clusterResourceNamespace;

    @Option(
            names = "--cluster-name",
            defaultValue = "kubernetes",
            description =
                    "What policy hears as reported.cluster, 1 to 64 characters (default:"
                            + " ${DEFAULT-VALUE}).")
    String clusterName = "kubernetes";

    @Option(
            names = "--token-file",
            defaultValue = "/var/run/secrets/signet/token",
            description =
                    "The controller's own credential to the server (default: ${DEFAULT-VALUE}).")
    Path tokenFile = Path.of("/var/run/secrets/signet/token");

    @Option(
            names = "--leader-election",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "Work only while holding the lease signet-issuer (default: ${DEFAULT-VALUE}).")
    boolean leaderElection = true;

    @Option(
            names = "--http-port",
            defaultValue = "9402",
            description = "Of /metrics, /livez, /readyz (default: ${DEFAULT-VALUE}).")
    int httpPort = 9402;

    @Option(
            names = "--workers",
            defaultValue = "32",
            description =
                    "Requests of one kind worked on at once, 1 to 1024 (default:"
                            + " ${DEFAULT-VALUE}).")
    int workers = 32;

    @Option(
            names = "--trust-issuer",
            description = "Cluster issuer whose trust bundle goes into ConfigMaps; default: none.")
    @Nullable String trustIssuer;

    @Option(
            names = "--trust-config-map",
            defaultValue = "signet-trust-bundle",
            description = "Name of these ConfigMaps, key ca.crt (default: ${DEFAULT-VALUE}).")
    String trustConfigMap = "signet-trust-bundle";

    @Option(
            names = "--trust-namespace-label",
            defaultValue = "signet.dev/trust-bundle=enabled",
            description = "Selects their namespaces (default: ${DEFAULT-VALUE}).")
    String trustNamespaceLabel = "signet.dev/trust-bundle=enabled";

    @Option(
            names = "--watch-namespaces",
            split = ",",
            description = "Namespaces whose requests are served; default: all.")
    List<String> watchNamespaces = new ArrayList<>();

    @Option(
            names = "--kubeconfig",
            description =
                    "How to reach the API server; default: KUBECONFIG, else as a pod in the"
                            + " cluster.")
    @Nullable Path kubeconfig;

    Set<String> namespaces() {
        return Set.copyOf(watchNamespaces);
    }

    String clusterResources() {
        return clusterResourceNamespace == null ? namespace : clusterResourceNamespace;
    }
}
