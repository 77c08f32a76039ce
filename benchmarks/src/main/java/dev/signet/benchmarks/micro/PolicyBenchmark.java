package dev.signet.benchmarks.micro;

import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.policy.Decision;
import dev.signet.ca.policy.PolicyLanguage;
import dev.signet.ca.policy.PolicyRequest;
import dev.signet.ca.policy.PolicySettings;
import dev.signet.ca.policy.PolicySnapshot;
import dev.signet.ca.policy.RequestedCertificate;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A decision of a policy with 100 rules whose last one is for the request: each other one has to
/// be ruled out.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PolicyBenchmark {

    private static final int RULES = 100;

    private final PolicyLanguage language =
            PolicyLanguage.of(new TrustDomain("example.org"), PolicySettings.defaults());

    /// As operators write them: one namespace each, and a part that only CEL can tell.
    private final PolicySnapshot usual =
            policy(
                    """
                    evidence.kind == "kubernetes" && attributes["kubernetes.namespace"] == "ns%1$d"\
                     && attributes["kubernetes.pod-name"].startsWith("pod-")\
                    """);

    /// None can be ruled out without CEL.
    private final PolicySnapshot worst =
            policy("attributes[\"kubernetes.namespace\"].endsWith(\"s%1$d\")");

    /// The same, and the attribute is not there.
    private final PolicySnapshot lacking =
            policy("attributes[\"team\"].startsWith(\"t%1$d\") || evidence.subject == \"s%1$d\"");

    private final String document =
            document("attributes[\"kubernetes.namespace\"].endsWith(\"s%1$d\")");

    private final PolicyRequest request =
            new PolicyRequest(
                    EvidenceKind.KUBERNETES,
                    "https://issuer.example|system:serviceaccount:ns99:orders",
                    Map.of(
                            "kubernetes.namespace", "ns99",
                            "kubernetes.service-account", "orders",
                            "kubernetes.pod-name", "pod-7",
                            "kubernetes.issuer", "production"),
                    null,
                    RequestedCertificate.NOTHING);

    @Benchmark
    public Decision usual() {
        return usual.decide(request);
    }

    @Benchmark
    public Decision everyConditionByCel() {
        return worst.decide(request);
    }

    @Benchmark
    public Decision everyConditionFails() {
        return lacking.decide(request);
    }

    @Benchmark
    public PolicyLanguage.Reading compile() {
        return language.read(document, "1");
    }

    private PolicySnapshot policy(String condition) {
        PolicyLanguage.Reading reading = language.read(document(condition), "1");
        if (!(reading instanceof PolicyLanguage.Reading.Accepted accepted)) {
            throw new IllegalStateException(reading.findings().toString());
        }
        return accepted.snapshot();
    }

    private static String document(String condition) {
        StringBuilder document = new StringBuilder("apiVersion: signet.dev/v1\nrules:\n");
        for (int i = 0; i < RULES; i++) {
            document.append(
                    """
                      - name: r%1$d
                        when: '%2$s'
                        grant:
                          spiffeId: spiffe://{trustDomain}/ns/{attributes["kubernetes.namespace"]}/sa/{attributes["kubernetes.service-account"]}
                    """
                            .formatted(i, condition.formatted(i)));
        }
        return document.toString();
    }
}
