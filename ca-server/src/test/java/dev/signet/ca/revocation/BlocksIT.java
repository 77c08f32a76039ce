package dev.signet.ca.revocation;

import static dev.signet.ca.revocation.RevocationRig.ANNA;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.ledger.RealChanges;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.revocation.BlockRegister.Outcome;
import dev.signet.ca.revocation.BlockRegister.Released;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

class BlocksIT {

    private TestDatabase database;
    private RevocationRig here;
    private RevocationRig there;

    @BeforeEach
    void create() {
        database = TestDatabase.create();
        here = new RevocationRig(database);
        there = new RevocationRig(database);
    }

    @AfterEach
    void drop() {
        here.close();
        there.close();
        database.close();
    }

    private static BlockTarget target(String text) {
        return BlockTarget.parse(text).orElseThrow();
    }

    private static boolean blocked(RevocationRig rig, String id) {
        return rig.blocks
                .objection(SpiffeId.parse(id).orElseThrow())
                .filter(refusal -> refusal.code() == RefusalCode.IDENTITY_BLOCKED)
                .isPresent();
    }

    @Test
    void reachesEveryReplicaWithinASecondAndSoDoesItsRelease() {
        try (RealChanges changes = RealChanges.on(database.settings())) {
            changes.watch("block", there.blocks::look);
            changes.awaitListening();
            String id = "spiffe://example.org/ns/shop/sa/orders";
            Block block = ((Outcome.Blocked) here.blocks.block(target(id), "stolen", ANNA)).block();
            assertThat(blocked(here, id)).isTrue();
            await().atMost(Duration.ofSeconds(1)).until(() -> blocked(there, id));
            assertThat(here.blocks.block(target(id), "again", ANNA))
                    .isInstanceOf(Outcome.AlreadyBlocked.class);
            assertThat(there.blocks.release(block.number(), "found", ANNA))
                    .isInstanceOf(Released.Done.class);
            assertThat(blocked(there, id)).isFalse();
            here.blocks.look();
            assertThat(blocked(here, id)).isFalse();
            assertThat(here.blocks.release(block.number(), "found", ANNA))
                    .isInstanceOf(Released.AlreadyReleased.class);
            assertThat(here.blocks.release(99, "found", ANNA))
                    .isInstanceOf(Released.NotFound.class);
            assertThat(here.blocks.block(target(id), "once more", ANNA))
                    .isInstanceOf(Outcome.Blocked.class);
            assertThat(here.blocks.list(true, 10, null).blocks()).hasSize(1);
            assertThat(here.blocks.list(false, 10, null).blocks()).hasSize(1);
            assertThat(here.blocks.list(null, 1, null).nextPageToken()).isEqualTo("2");
            assertThat(here.blocks.list(null, 1, "2").blocks().getFirst().release()).isNotNull();
        }
    }

    @Test
    void blocksWholeSegmentsOnly() {
        here.blocks.block(target("spiffe://example.org/ns/shop/"), "x", ANNA);
        assertThat(blocked(here, "spiffe://example.org/ns/shop/sa/orders")).isTrue();
        assertThat(blocked(here, "spiffe://example.org/ns/shop")).isFalse();
        assertThat(blocked(here, "spiffe://example.org/ns/shopping/sa/orders")).isFalse();
        here.blocks.block(target("spiffe://example.org/"), "x", ANNA);
        assertThat(blocked(here, "spiffe://example.org/ns/shopping/sa/orders")).isTrue();
        assertThat(blocked(here, "spiffe://example.com/ns/shop/sa/orders")).isFalse();
    }

    @Test
    void coversWhatItsTargetsPlainMeaningIs() {
        Random random = new Random(20261123);
        List<BlockTarget> targets = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String path = path(random, 3);
            BlockTarget target =
                    target("spiffe://example.org" + path + (random.nextBoolean() ? "/" : ""));
            if (here.blocks.block(target, "x", ANNA) instanceof Outcome.Blocked) {
                targets.add(target);
            }
        }
        for (int i = 0; i < 3_000; i++) {
            SpiffeId id = SpiffeId.parse("spiffe://example.org" + path(random, 4)).orElseThrow();
            assertThat(blocked(here, id.toString()))
                    .as("%s among %s", id, targets)
                    .isEqualTo(targets.stream().anyMatch(target -> target.covers(id)));
        }
    }

    private static String path(Random random, int most) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i <= random.nextInt(most); i++) {
            path.append('/').append("abcd", 0, 1 + random.nextInt(3));
        }
        return path.toString();
    }

    @Test
    void ofManyWhoBlockTheSameOneDoes() throws Exception {
        try (var executor = Executors.newFixedThreadPool(8)) {
            Callable<Outcome> block =
                    () -> here.blocks.block(target("spiffe://example.org/a"), "x", ANNA);
            List<Outcome> outcomes = new ArrayList<>();
            for (var each : executor.invokeAll(List.of(block, block, block, block, block, block))) {
                outcomes.add(each.get());
            }
            assertThat(outcomes).filteredOn(Outcome.Blocked.class::isInstance).hasSize(1);
            assertThat(outcomes).filteredOn(Outcome.AlreadyBlocked.class::isInstance).hasSize(5);
        }
    }
}
