package dev.signet.ca.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.wire.UnfinishedRequests.Share;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

class UnfinishedRequestsTest {

    private static final InetAddress ONE = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress OTHER = InetAddress.ofLiteral("192.0.2.2");

    private final UnfinishedRequests unfinished = new UnfinishedRequests(1_000);
    private final List<String> ended = new ArrayList<>();

    private Share join(InetAddress address, String name) {
        return unfinished.join(address, () -> ended.add(name));
    }

    @Test
    void whatEndsIsNotHeldAnyMore() {
        Share share = join(ONE, "a");
        assertThat(share.add(600)).isTrue();
        share.remove(600);
        assertThat(share.add(900)).isTrue();
        assertThat(unfinished.bytes()).isEqualTo(900);
        share.leave();
        share.leave();
        assertThat(unfinished.bytes()).isZero();
        assertThat(ended).isEmpty();
    }

    @Test
    void aConnectionMayHoldOnlySoMuchAlone() {
        UnfinishedRequests large = new UnfinishedRequests();
        Share share = large.join(ONE, () -> {});
        assertThat(share.add(UnfinishedRequests.MAX_CONNECTION_BYTES)).isTrue();
        assertThat(share.add(1)).isFalse();
    }

    @Test
    void theLargestConnectionOfTheAddressThatHoldsMostIsEnded() {
        Share lone = join(OTHER, "lone");
        Share small = join(ONE, "small");
        Share large = join(ONE, "large");
        lone.add(400);
        small.add(250);
        large.add(300);
        assertThat(ended).isEmpty();
        lone.add(51);
        assertThat(ended).containsExactly("large");
        assertThat(unfinished.bytes()).isEqualTo(701);
    }

    @Test
    void whatAnEndedConnectionStillAddsOrRemovesDoesNotCount() {
        Share attacker = join(ONE, "attacker");
        attacker.add(1_001);
        assertThat(ended).containsExactly("attacker");
        attacker.add(500);
        attacker.remove(1_001);
        attacker.leave();
        assertThat(unfinished.bytes()).isZero();
        assertThat(ended).hasSize(1);
    }
}
