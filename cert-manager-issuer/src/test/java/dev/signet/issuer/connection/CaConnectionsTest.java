package dev.signet.issuer.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signet.client.CaAddress;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class CaConnectionsTest {

    private final List<String> closed = new ArrayList<>();
    private int opened;
    private final CaConnections connections =
            new CaConnections(key -> {
                if (key.bundlePem().isEmpty()) {
                    throw new IllegalArgumentException("no certificate");
                }
                opened++;
                return new CloseCounting(key.bundlePem());
            });

    private final class CloseCounting extends Delegating {
        private final String name;

        CloseCounting(String name) {
            this.name = name;
        }

        @Override
        public void close() {
            closed.add(name);
        }
    }

    private abstract static class Delegating implements CaConnection {
        private final TestConnections fake = new TestConnections();

        @Override
        public dev.signet.client.SubjectCertificate issue(
                dev.signet.client.SubjectRequest request) {
            return fake.issue(request);
        }

        @Override
        public Health health() {
            return fake.health();
        }

        @Override
        public java.util.Optional<dev.signet.client.TrustBundle> trustBundle() {
            return fake.trustBundle();
        }

        @Override
        public Runnable listen(java.util.function.Consumer<Change> listener) {
            return fake.listen(listener);
        }
    }

    private static CaConnections.Key key(String pem) {
        return new CaConnections.Key(
                List.of(CaAddress.parse("ca:1")), pem, new CaConnections.Credential.Own());
    }

    @Test
    void issuersThatSayTheSameShareOneConnectionUntilTheLastLetsGo() {
        CaConnection first = connections.acquire(key("a"));
        assertThat(connections.acquire(key("a"))).isSameAs(first);
        assertThat(connections.acquire(key("b"))).isNotSameAs(first);
        assertThat(opened).isEqualTo(2);
        connections.release(key("a"));
        assertThat(closed).isEmpty();
        connections.release(key("a"));
        assertThat(closed).containsExactly("a");
        assertThat(connections.size()).isEqualTo(1);
    }

    @Test
    void whatCannotBeOpenedIsNotKept() {
        assertThatIllegalArgumentException().isThrownBy(() -> connections.acquire(key("")));
        assertThat(connections.size()).isZero();
    }

    @Test
    void closesAll() {
        connections.acquire(key("a"));
        connections.acquire(key("b"));
        connections.close();
        assertThat(closed).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void codesBecomeReasons() {
        assertThat(Reasons.of("CA_CERTIFICATE_NOT_TRUSTED")).isEqualTo("CaCertificateNotTrusted");
        assertThat(Reasons.of("")).isEqualTo("Unknown");
    }
}
