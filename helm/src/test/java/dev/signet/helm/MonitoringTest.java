package dev.signet.helm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.helm.RenderedChart.Node;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.List;

/// Alerts and dashboard. That their metrics exist is for the tests of the images, which run them.
class MonitoringTest {

    @Test
    void thereIsAnAlertForWhatAnInstallationMustNotMiss() {
        assertThat(alerts("full"))
                .extracting(alert -> alert.text("alert"))
                .contains(
                        "SignetAuthorityExpiresSoon",
                        "SignetRefusals",
                        "SignetQueueSaturated",
                        "SignetLedgerSlow",
                        "SignetBundleNotReplicated",
                        "SignetIssuerNobodyLeads")
                .doesNotHaveDuplicates();
    }

    @Test
    void everyAlertIsOfThisReleaseAndSaysWhatToDo() {
        assertThat(alerts("full"))
                .allSatisfy(alert -> {
                    assertThat(alert.text("expr"))
                            .contains("namespace=\"signet\"")
                            .doesNotContainPattern("[A-Z]+_[A-Z]+(?!\")")
                            .doesNotContain("NAMESPACE");
                    assertThat(alert.at("labels").text("severity")).isIn("warning", "critical");
                    assertThat(alert.at("annotations").text("summary")).isNotEmpty();
                    assertThat(alert.at("annotations").text("description")).isNotEmpty();
                });
    }

    @Test
    void thresholdsAreTheValues() {
        List<String> expressions =
                alerts("full").stream().map(alert -> alert.text("expr")).toList();
        // 80 % of the 8192 places that this set gives the queue.
        assertThat(expressions).anyMatch(text -> text.endsWith("> 6554"));
        assertThat(expressions).anyMatch(text -> text.endsWith("> 0.25\n"));
        assertThat(alerts("mesh").stream().map(alert -> alert.text("expr")).toList())
                .anyMatch(text -> text.endsWith("> 3277"));
    }

    @Test
    void aReleaseAlertsOnWhatItHas() {
        assertThat(alerts("issuer-only"))
                .extracting(alert -> alert.text("alert"))
                .isNotEmpty()
                .allMatch(name -> name.startsWith("SignetIssuer"));
        assertThat(RenderedChart.of("minimal").ofKind("PrometheusRule")).isEmpty();
    }

    @Test
    void theDashboardIsJsonWhosePanelsAskForSomething() {
        Node map = RenderedChart.of("full").one("ConfigMap", "signet-dashboard");
        JsonNode dashboard = JsonMapper.shared().readTree(map.at("data").text("signet.json"));
        assertThat(dashboard.path("panels")).hasSizeGreaterThan(10);
        for (JsonNode panel : dashboard.path("panels")) {
            assertThat(panel.path("targets").path(0).path("expr").asString(""))
                    .as(panel.path("title").asString())
                    .contains("$namespace");
        }
    }

    private static List<Node> alerts(String valueSet) {
        return RenderedChart.of(valueSet)
                .ofKind("PrometheusRule")
                .flatMap(rule -> rule.at("spec").items("groups").stream())
                .flatMap(group -> group.items("rules").stream())
                .toList();
    }
}
