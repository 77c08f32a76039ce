package dev.signet.benchmarks;

/// The workloads that the load pretends to be: a fixed set of Kubernetes service accounts, each
/// known by its number.
final class Workloads {

    /// How many there are: more than any cache line of the server's would hide, fewer than the
    /// tokens.
    static final int COUNT = 512;

    /// Start of every workload's namespace; the ledger's rows of a load are found by it.
    static final String NAMESPACE_PREFIX = "bench-";

    private static final int ACCOUNTS_PER_NAMESPACE = 32;

    private Workloads() {}

    static String namespace(int workload) {
        return NAMESPACE_PREFIX + workload / ACCOUNTS_PER_NAMESPACE;
    }

    static String serviceAccount(int workload) {
        return "workload-" + workload % ACCOUNTS_PER_NAMESPACE;
    }

    /// The identity that the default policy grants.
    static String spiffeId(String trustDomain, int workload) {
        return "spiffe://"
                + trustDomain
                + "/ns/"
                + namespace(workload)
                + "/sa/"
                + serviceAccount(workload);
    }
}
