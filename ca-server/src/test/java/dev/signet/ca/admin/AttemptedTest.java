package dev.signet.ca.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.admin.Attempted.Act;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.authority.AuthorityLifeCycle.Changed;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

class AttemptedTest {

    private static final Act ACT =
            new Act("authority.rollback", new Actor("oidc", "anna", "192.0.2.1"), "issuing", "r");
    private static final BigInteger SERIAL =
            new BigInteger("0a79c2a4a3b386a12907c76368f13fc067aedf3b", 16);

    private static Changed changed(String id, String after, String issuerId) {
        return new Changed(id, "issuing", "active", after, issuerId, SERIAL);
    }

    @Test
    void aSerialNumberIsHexadecimalText() {
        assertThat(
                        ACT.done(
                                        "x",
                                        null,
                                        Map.of("changed", List.of(changed("a", "retired", "r"))))
                                .event()
                                .after())
                .contains("\"serialNumber\":\"0a79c2a4a3b386a12907c76368f13fc067aedf3b\"");
    }

    @Test
    void anOperationThatNamedNoAuthorityIsFiledUnderTheOneThatSignsNow() {
        List<Changed> changed =
                List.of(
                        changed("before", "retired", "root"),
                        changed("root", "active", null),
                        changed("again", "active", "root"));
        assertThat(AuthorityBasis.target(changed)).isEqualTo("again");
        assertThat(
                        AuthorityBasis.target(
                                List.of(
                                        changed("root", "prepared", null),
                                        changed("new", "prepared", "root"))))
                .isEqualTo("new");
        assertThat(ACT.on("again").done("x", null, null).event().target()).isEqualTo("again");
    }
}
