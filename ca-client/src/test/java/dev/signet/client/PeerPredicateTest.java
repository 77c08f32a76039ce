package dev.signet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerPredicateTest {

    private static final SpiffeId ORDERS = SpiffeId.parse("spiffe://example.org/ns/shop/sa/orders");

    @Test
    void exactlyIsOneIdentity() {
        PeerPredicate exactly = PeerPredicate.exactly("SPIFFE://EXAMPLE.org/ns/shop/sa/orders");
        assertThat(exactly.accepts(ORDERS)).isTrue();
        assertThat(exactly.accepts(SpiffeId.parse("spiffe://example.org/ns/shop/sa/Orders")))
                .isFalse();
        assertThat(exactly.accepts(SpiffeId.parse(ORDERS + "/x"))).isFalse();
    }

    @Test
    void atOrBelowGoesByWholeSegments() {
        PeerPredicate below = PeerPredicate.atOrBelow("spiffe://example.org/ns/shop");
        assertThat(below.accepts(ORDERS)).isTrue();
        assertThat(below.accepts(SpiffeId.parse("spiffe://example.org/ns/shop"))).isTrue();
        assertThat(below.accepts(SpiffeId.parse("spiffe://example.org/ns/shopping"))).isFalse();
        assertThat(below.accepts(SpiffeId.parse("spiffe://other.org/ns/shop/x"))).isFalse();
    }

    @Test
    void combine() {
        PeerPredicate domain = PeerPredicate.inTrustDomain("example.org");
        PeerPredicate orders = PeerPredicate.exactly(ORDERS.toString());
        assertThat(domain.and(orders.not()).accepts(ORDERS)).isFalse();
        assertThat(PeerPredicate.nobody().or(orders).accepts(ORDERS)).isTrue();
        assertThat(PeerPredicate.anyTrusted().accepts(ORDERS)).isTrue();
        assertThat(domain.accepts(SpiffeId.parse("spiffe://example.org.evil/x"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "spiffe://",
                "spiffe://example.org",
                "spiffe://example.org/",
                "spiffe:///x",
                "https://example.org/x",
                "spiffe://example.org/x/",
                "spiffe://example.org//x",
                "spiffe://example.org/.",
                "spiffe://example.org/a/../b",
                "spiffe://example.org/a b",
                "spiffe://example.org/%41",
                "spiffe://example.org/x?q",
                "spiffe://example.org/x#f",
                "spiffe://user@example.org/x",
                "spiffe://example.org:8443/x"
            })
    void refusesWhatIsNoWorkloadsId(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> SpiffeId.parse(text));
    }

    @Test
    void readsTheLongestIdAndNoLongerOne() {
        String longest = "spiffe://example.org/" + "a".repeat(2048 - 21);
        assertThat(SpiffeId.parse(longest).toString()).hasSize(2048);
        assertThatIllegalArgumentException().isThrownBy(() -> SpiffeId.parse(longest + "a"));
        assertThat(SpiffeId.parse("spiffe://e/.../..a/a..").path()).isEqualTo("/.../..a/a..");
    }
}
