package dev.signet.ca.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

class StreamAuditLinesTest {

    private static final Instant AT = Instant.parse("2026-11-23T10:00:00Z");

    @Test
    void writesEachActRefusalCountAndIssuanceAsAJsonObjectOnALine() {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (StreamAuditLines lines =
                new StreamAuditLines(
                        new PrintStream(octets, false, StandardCharsets.UTF_8), () -> {})) {
            lines.event(
                    new RecordedEvent(
                            7,
                            AT,
                            "replica",
                            new AuditEvent(
                                    "policy.activate",
                                    new Actor("oidc", "anna\n{\"type\":\"event\"}", "192.0.2.1"),
                                    "3",
                                    "because",
                                    "{\"number\":2}",
                                    null,
                                    RefusalCode.PRECONDITION_FAILED)));
            lines.refusals(
                    new RefusalCount(
                            AT, "replica", RefusalCode.SUSPENDED, "oidc", "rule", 12, "suspended"));
            lines.issued(
                    new AuditLines.Issued(
                            "0a",
                            "spiffe://example.org/a",
                            AT,
                            AT.plusSeconds(60),
                            "oidc",
                            "anna",
                            "policy-3",
                            "rule",
                            null));
        }
        List<JsonNode> written =
                octets.toString(StandardCharsets.UTF_8)
                        .lines()
                        .map(JsonMapper.shared()::readTree)
                        .toList();
        assertThat(written).hasSize(3);
        JsonNode event = written.getFirst();
        assertThat(event.at("/actor/subject").stringValue())
                .isEqualTo("anna\n{\"type\":\"event\"}");
        assertThat(event.at("/before/number").intValue()).isEqualTo(2);
        assertThat(event.has("after")).isFalse();
        assertThat(event.at("/outcome").stringValue()).isEqualTo("refused");
        assertThat(event.at("/code").stringValue()).isEqualTo("PRECONDITION_FAILED");
        assertThat(written.get(1).at("/refusals").intValue()).isEqualTo(12);
        assertThat(written.get(2).at("/spiffeId").stringValue())
                .isEqualTo("spiffe://example.org/a");
    }

    @Test
    void aReaderThatDoesNotReadHoldsUpNobody() {
        CountDownLatch goOn = new CountDownLatch(1);
        OutputStream stuck =
                new OutputStream() {
                    @Override
                    public void write(int octet) {
                        try {
                            goOn.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }
                };
        AtomicInteger dropped = new AtomicInteger();
        StreamAuditLines lines =
                new StreamAuditLines(new PrintStream(stuck, true), dropped::incrementAndGet);
        for (int i = 0; i < 20_000; i++) {
            lines.refusals(new RefusalCount(AT, "r", RefusalCode.SUSPENDED, "oidc", "", 1, ""));
        }
        await().atMost(Duration.ofSeconds(5)).until(() -> dropped.get() > 9_000);
        goOn.countDown();
        lines.close();
    }
}
